# Warnings, sanitizers and the include layout that every target of the project shares.
function(fusesim_options target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
  if(FUSESIM_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(FUSESIM_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${FUSESIM_SANITIZE} -fno-omit-frame-pointer)
    target_compile_definitions(${target} PRIVATE FUSESIM_SANITIZED)  # the address space says nothing of what is used
    target_link_options(${target} PRIVATE -fsanitize=${FUSESIM_SANITIZE})
  endif()
endfunction()

# fusesim_library(graph [INSTALL [ARCHIVE_ONLY]] SOURCES a.cc b.cc DEPENDS fusesim::config ...
#                 PRIVATE_DEPENDS yaml-cpp ... HEADER_DEPENDS nlohmann_json::nlohmann_json ...
#                 INTERNAL_HEADERS train.h ...)
# Public headers live in include/fusesim/<name>/ of the calling folder: no target sees another's headers
# unless it depends on it. INSTALL: part of the installed package, as fusesim::<name>; whatever it depends on has to be
# too, or be found by FuseSimConfig.cmake. HEADER_DEPENDS: header-only packages that only the sources include, so that
# users of the installed library need not have them.
# INTERNAL_HEADERS: headers in include/ that stay out of it; ARCHIVE_ONLY: all of them do.
function(fusesim_library name)
  cmake_parse_arguments(ARG "INSTALL;ARCHIVE_ONLY" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;HEADER_DEPENDS;INTERNAL_HEADERS" ${ARGN})
  add_library(fusesim_${name} STATIC ${ARG_SOURCES})
  add_library(fusesim::${name} ALIAS fusesim_${name})
  target_include_directories(fusesim_${name} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(fusesim_${name} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  foreach(package IN LISTS ARG_HEADER_DEPENDS)
    target_link_libraries(fusesim_${name} PRIVATE $<BUILD_INTERFACE:${package}>)
  endforeach()
  fusesim_options(fusesim_${name})
  if(ARG_INSTALL)
    set_target_properties(fusesim_${name} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS fusesim_${name} EXPORT FuseSimTargets
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
    if(NOT ARG_ARCHIVE_ONLY)
      list(TRANSFORM ARG_INTERNAL_HEADERS REPLACE "(.+)" "PATTERN;\\1;EXCLUDE")
      install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
              FILES_MATCHING PATTERN *.h ${ARG_INTERNAL_HEADERS})
    endif()
    set_property(GLOBAL APPEND PROPERTY FUSESIM_INSTALLED fusesim_${name})
  endif()
endfunction()

# fusesim_program(run_sim SOURCES run_sim_main.cc DEPENDS fusesim::tools ... [COMPONENT training])
# Built in bin/, installed, with a man page and a bash completion that packaging/ makes from its --help. COMPONENT: the
# package it goes into, runtime unless it says training.
function(fusesim_program name)
  cmake_parse_arguments(ARG "" "COMPONENT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_COMPONENT)
    set(ARG_COMPONENT runtime)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS})
  # No library that nothing is taken of: each takes memory before main does, and dies where there is none.
  target_link_options(${name} PRIVATE LINKER:--as-needed)
  fusesim_options(${name})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin
    FUSESIM_COMPONENT ${ARG_COMPONENT})
  install(TARGETS ${name} DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${ARG_COMPONENT})
  set_property(GLOBAL APPEND PROPERTY FUSESIM_INSTALLED ${name})
  set_property(GLOBAL APPEND PROPERTY FUSESIM_PROGRAMS ${name})
endfunction()

# fusesim_timeout(variable): times ten where sanitizers are on. Address and undefined-behaviour sanitizer together, at -O1, take
# up to five times as long, and such a run shares its processors.
function(fusesim_timeout variable)
  if(FUSESIM_SANITIZE)
    math(EXPR seconds "10 * ${${variable}}")
    set(${variable} ${seconds} PARENT_SCOPE)
  endif()
endfunction()

# fusesim_test(name SOURCES a.cc DEPENDS fusesim::graph ... [TIMEOUT s]): a gtest binary, each TEST its own ctest
function(fusesim_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  fusesim_timeout(ARG_TIMEOUT)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE FUSESIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  fusesim_options(${name})
  gtest_discover_tests(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} DISCOVERY_TIMEOUT 120)
endfunction()

# fusesim_python_test(package SCRIPT package_test.py [PYTHON interpreter] ENVIRONMENT NAME=value ... [TIMEOUT s])
# Every unittest class of the script is a ctest package.<class>.
function(fusesim_python_test name)
  cmake_parse_arguments(ARG "" "SCRIPT;PYTHON;TIMEOUT" "ENVIRONMENT" ${ARGN})
  if(NOT ARG_PYTHON)
    set(ARG_PYTHON ${Python3_EXECUTABLE})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  fusesim_timeout(ARG_TIMEOUT)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SCRIPT})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
  file(STRINGS ${script} classes REGEX "^class [A-Z][A-Za-z]*\\((unittest\\.TestCase|[A-Za-z]*Test)\\):")
  foreach(class IN LISTS classes)
    string(REGEX REPLACE "^class ([A-Za-z]*).*" "\\1" class "${class}")
    if(class MATCHES "Test$")
      continue()  # a base of others
    endif()
    add_test(NAME ${name}.${class} COMMAND ${ARG_PYTHON} -B ${script} -v ${class})
    set_tests_properties(${name}.${class} PROPERTIES ENVIRONMENT "${ARG_ENVIRONMENT}" TIMEOUT ${ARG_TIMEOUT})
  endforeach()
endfunction()
