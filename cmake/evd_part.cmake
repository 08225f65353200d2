# evd_part(name [SYSTEM lib...] [DEPENDS part...])
#
# Declares the folder as one part of the library: every .cpp below it becomes `evd_<name>`, a static library that its
# tests link, and joins the installed library `evd`. SYSTEM libraries stay private to the part.
define_property(GLOBAL PROPERTY EVD_PARTS BRIEF_DOCS "Parts of the library" FULL_DOCS "Parts of the library")
define_property(GLOBAL PROPERTY EVD_SYSTEM BRIEF_DOCS "What the parts link" FULL_DOCS "What the parts link")
function(evd_part name)
  cmake_parse_arguments(PART "" "" "SYSTEM;DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    message(STATUS "evd_${name} has no sources yet")
    return()
  endif()
  add_library(evd_${name}_objects OBJECT ${sources})
  target_include_directories(evd_${name}_objects
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(evd_${name}_objects PRIVATE ${PART_SYSTEM})
  add_library(evd_${name} STATIC $<TARGET_OBJECTS:evd_${name}_objects>)
  target_include_directories(evd_${name} INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(evd_${name} PRIVATE ${PART_SYSTEM})
  foreach(part ${PART_DEPENDS})
    target_link_libraries(evd_${name} INTERFACE evd_${part})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY EVD_PARTS ${name})
  set_property(GLOBAL APPEND PROPERTY EVD_SYSTEM ${PART_SYSTEM})
endfunction()
