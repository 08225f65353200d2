# What `cmake --install` puts where. The library is found again by find_package(evd CONFIG) and by pkg-config; a static
# one brings along what it needs from outside, a shared one has that inside.
include(CMakePackageConfigHelpers)
if(NOT TARGET evd)
  return()
endif()
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/evd)
get_property(outside GLOBAL PROPERTY EVD_SYSTEM)
list(REMOVE_DUPLICATES outside)
set(EVD_CONFIG_DEPENDENCIES "")
set(EVD_PC_REQUIRES "")
set(EVD_PC_LIBS "")
get_target_property(kind evd TYPE)
if(kind STREQUAL "STATIC_LIBRARY")
  foreach(target ${outside})
    get_property(known GLOBAL PROPERTY EVD_OUTSIDE_${target}_CONFIG SET)
    if(NOT known)
      message(FATAL_ERROR "${target} is linked by a part and has no evd_outside row in evd_dependencies.cmake")
    endif()
    foreach(what CONFIG REQUIRES LIBS)
      get_property(${what} GLOBAL PROPERTY EVD_OUTSIDE_${target}_${what})
    endforeach()
    string(APPEND EVD_CONFIG_DEPENDENCIES "${CONFIG}\n")
    string(APPEND EVD_PC_REQUIRES " ${REQUIRES}")
    string(APPEND EVD_PC_LIBS " ${LIBS}")
  endforeach()
endif()

install(TARGETS evd EXPORT evdTargets)
install(DIRECTORY include/evd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
install(EXPORT evdTargets NAMESPACE evd:: DESTINATION ${package_folder})

if(TARGET evd_testing_headers)
  install(TARGETS evd_testing_headers EXPORT evdTestingTargets)
  install(DIRECTORY testing/include/evd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
  install(EXPORT evdTestingTargets NAMESPACE evd:: DESTINATION ${package_folder})
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/evdConfig.cmake.in ${PROJECT_BINARY_DIR}/evdConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/evdConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(${PROJECT_SOURCE_DIR}/cmake/evd.pc.in ${PROJECT_BINARY_DIR}/evd.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/evdConfig.cmake ${PROJECT_BINARY_DIR}/evdConfigVersion.cmake
        DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/evd.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# What shells complete the tool with: it says so itself.
if(TARGET evd_cli)
  set(completions ${PROJECT_BINARY_DIR}/completions)
  add_custom_command(OUTPUT ${completions}/evd ${completions}/_evd ${completions}/evd.fish
    COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
    COMMAND evd_cli completion bash > ${completions}/evd
    COMMAND evd_cli completion zsh > ${completions}/_evd
    COMMAND evd_cli completion fish > ${completions}/evd.fish
    DEPENDS evd_cli VERBATIM)
  add_custom_target(evd_completions ALL DEPENDS ${completions}/evd)
  install(FILES ${completions}/evd DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completions}/_evd DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${completions}/evd.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
