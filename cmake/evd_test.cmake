# Test programs. Tests are labelled by their folder's kind: unit, conformance, chaos, e2e, fuzz, architecture, packaging.
find_package(GTest REQUIRED)
include(GoogleTest)

# What `./test unit` and the like have to build; everything, for a label without such a target.
foreach(label unit conformance architecture)
  add_custom_target(programs_${label})
endforeach()

# evd_test(name LABEL label [TIMEOUT seconds] [LIBS lib...] [SOURCES file...]): a GoogleTest program; all .cpp of the
# current folder by default. Each of its tests is a ctest test of that label.
function(evd_test name)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT" "LIBS;SOURCES" ${ARGN})
  if(EVD_TEST_PROGRAMS AND NOT name MATCHES "${EVD_TEST_PROGRAMS}")
    return()
  endif()
  if(NOT TEST_SOURCES)
    file(GLOB TEST_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  if(NOT TEST_SOURCES)
    return()
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${TEST_LIBS} GTest::gtest GTest::gmock GTest::gtest_main Threads::Threads)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${TEST_LABEL}" TIMEOUT ${TEST_TIMEOUT})
  if(TARGET programs_${TEST_LABEL})
    add_dependencies(programs_${TEST_LABEL} ${name})
  endif()
endfunction()
