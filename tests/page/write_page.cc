#include <fstream>
#include <iostream>

#include "fusesim/graph/error.h"
#include "fusesim/page/page.h"

/// write_page SWEEP_DIRECTORY PAGE: what `run_sweep --report` does, for the browser's test.
int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    std::ofstream(argv[2], std::ios::binary) << fusesim::sweep_page(argv[1], fusesim::find_page_assets());
  } catch (const fusesim::Error& error) {
    std::cerr << "write_page: " << error.what() << '\n';
    return 2;
  }
}
