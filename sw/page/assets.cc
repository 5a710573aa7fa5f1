#include <filesystem>

#include "fusesim/config/config.h"
#include "fusesim/graph/error.h"
#include "fusesim/page/page.h"

namespace fusesim {

PageAssets find_page_assets() {
  const std::string web = data_directory() + "/web";
  for (const std::string& folder : {web, std::string(FUSESIM_BUILD_DIR) + "/web"}) {
    const std::string echarts = folder + "/node_modules/echarts/dist/echarts.common.min.js";
    if (std::filesystem::exists(echarts)) return {web, echarts};
  }
  throw Error("ECharts is not installed: scripts/run_sweep gets it, or npm ci in '" + web + "'");
}

}  // namespace fusesim
