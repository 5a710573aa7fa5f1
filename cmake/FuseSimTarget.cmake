# Warnings, sanitizers and the include layout that every target of the project shares.
function(fusesim_options target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
  if(FUSESIM_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(FUSESIM_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${FUSESIM_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${FUSESIM_SANITIZE})
  endif()
endfunction()

# fusesim_library(graph SOURCES a.cc b.cc DEPENDS fusesim::config ... PRIVATE_DEPENDS yaml-cpp ...)
# Public headers live in include/fusesim/<name>/ of the calling folder: no target sees another's headers
# unless it depends on it.
function(fusesim_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(fusesim_${name} STATIC ${ARG_SOURCES})
  add_library(fusesim::${name} ALIAS fusesim_${name})
  target_include_directories(fusesim_${name} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(fusesim_${name} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  fusesim_options(fusesim_${name})
endfunction()

# fusesim_test(name SOURCES a.cc DEPENDS fusesim::graph ... [TIMEOUT s]): a gtest binary, each TEST its own ctest
function(fusesim_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE FUSESIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  fusesim_options(${name})
  gtest_discover_tests(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} DISCOVERY_TIMEOUT 120)
endfunction()
