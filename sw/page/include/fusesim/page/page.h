#pragma once

#include <string>

namespace fusesim {

/// Where the parts of a page come from.
struct PageAssets {
  std::string web_directory;       ///< report.html, report.css and the scripts that it names
  std::string packages_directory;  ///< node_modules with echarts and zrender as npm unpacks them
};

/// The web folder of data_directory(), and the packages where `npm ci` put them: in that folder or in the
/// build's. Throws Error that says how to get them if they are not there.
PageAssets find_page_assets();

/// The web folder of data_directory().
std::string find_web_directory();

/// The report of a sweep as one HTML file that needs no other: the sweep's points, figures drawn by ECharts
/// (inlined with its licences), each network laid out by Graphviz. `directory` holds sweep.json
/// (`fusesim.sweep/1`) and points/<id>/report.json (`fusesim.report/1`; absent where a point failed). Equal
/// results give equal bytes. Throws Error that names the file and the field, or if Graphviz' `dot` cannot be
/// run.
std::string sweep_page(const std::string& directory, const PageAssets& assets);

/// What stands around a timeline file to make a page of it that shows its lanes.
struct TimelineFrame {
  std::string before, after;
};

/// The page of one timeline: trace events (JSON without `<`) between `before` and `after` are one HTML file
/// that needs no other. `web_directory` as in PageAssets; it needs no packages. Throws Error if a part of the
/// page cannot be read.
TimelineFrame timeline_frame(const std::string& title, const std::string& web_directory);

}  // namespace fusesim
