# Debian packages: fusesim (programs, data), fusesim-dev (libraries, headers, CMake package), python3-fusesim where pybind11
# was there, and fusesim-train where run_train was built, so that LibTorch is a dependency of nobody else.
set(FUSESIM_PACKAGE_CONTACT "The FuseSim authors <authors@fusesim.invalid>"
    CACHE STRING "Maintainer field of the Debian packages")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME fusesim)
set(CPACK_PACKAGE_CONTACT "${FUSESIM_PACKAGE_CONTACT}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_COMPONENTS_ALL runtime development)
if(TARGET run_train)
  list(APPEND CPACK_COMPONENTS_ALL training)
endif()
if(TARGET fusesim_python)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(same_version "fusesim (= ${PROJECT_VERSION})")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME fusesim)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
# Loaded when the search over columns needs them.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "coinor-libclp1, coinor-libcbc3")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS graphviz) # drawings of run_explain, layout of the page of a sweep
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
"Decides which operators of a CNN to fuse for an accelerator and runs that
schedule on a SystemC model of it: for every fusion group, the DRAM traffic
predicted against the traffic moved.")

set(CPACK_DEBIAN_TRAINING_PACKAGE_NAME fusesim-train)
set(CPACK_DEBIAN_TRAINING_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TRAINING_PACKAGE_DEPENDS "${same_version}")
set(CPACK_COMPONENT_TRAINING_DESCRIPTION
"Trains the graph network that tells fusion groups that fit the buffer of an
accelerator from those that do not, and explainers of it.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME fusesim-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${same_version}, libsystemc-dev, libonnx-dev, libprotobuf-dev, libyaml-cpp-dev, libfmt-dev, libpagmo-dev, coinor-libclp1, coinor-libcbc3, libssl-dev, pkgconf")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"Static libraries, headers and the CMake package FuseSim: import, cost models,
searches, schedules and the simulated accelerator.")

# The module is made for one minor version of Python.
set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-fusesim)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "${same_version}, python3 (>= ${FUSESIM_PYTHON_VERSION}), python3 (<< ${FUSESIM_PYTHON_NEXT_VERSION})")
set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS "python3-pandas, python3-matplotlib, graphviz")
set(CPACK_DEBIAN_PYTHON_PACKAGE_SUGGESTS "python3-ipykernel")
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_SOURCE_DIR}/python3/postinst;${CMAKE_CURRENT_SOURCE_DIR}/python3/prerm")
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_PYTHON_DESCRIPTION
"FuseSim from Python: simulations and sweeps, plans priced group by
group, searches; results as dataclasses and data frames, plots, drawings
for notebooks.")

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  install(FILES copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}
          COMPONENT ${component})
endforeach()
include(CPack)
