#include "fusesim/tools/program.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <new>

#include "fusesim/base/error_list.h"
#include "fusesim/base/text.h"
#include "fusesim/config/diagnostics.h"
#include "fusesim/hw/simulation_error.h"
#include "fusesim/tools/command_line.h"

namespace fusesim {
void print(const std::string& text) {
  errno = 0;
  std::cout << text << std::flush;
  if (!std::cout)
    throw PrintError(
        "standard output: cannot write: " + std::string(std::strerror(errno != 0 ? errno : EIO)) +
        " (files of --out and other options are written, whole)");
}

void note_written(const std::vector<Output>& outputs) {
  for (const Output& output : outputs) {
    std::vector<std::string> names;
    for (const OutputFile& file : output.files) names.push_back(file.name);
    std::cerr << "wrote " << listed(names, "and") << " to " << printable(output.directory->path()) << '\n';
  }
}

int run_guarded(const std::string& program, const std::function<int()>& body,
                const std::function<void()>& before_message) {
  const auto stop = [&](const std::string& prefix, const std::string& reason, int code) {
    if (before_message) before_message();
    std::cerr << prefix << reason << '\n';
    return code;
  };
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  try {
    return body();
  } catch (const SimulationError& error) {
    return stop(program + ": simulation: ", error.what(), kMismatch);
  } catch (const ErrorList& error) {
    return stop("", error.what(), kBadInput);
  } catch (const Error& error) {
    return stop("", escape_controls(error.what()), kBadInput);
  } catch (const PrintError& error) {
    return stop("", error.what(), kNotPrinted);
  } catch (const std::filesystem::filesystem_error& error) {
    const std::string path = error.path1().string();
    const std::string place = path.empty() ? program + ": working directory" : escape_controls(path);
    return stop(place + ": ", error.code().message(), kBadInput);
  } catch (const std::bad_alloc&) {
    return stop(program + ": ", "out of memory: the input needs more than this process may have", kBadInput);
  } catch (const std::exception& error) {
    return stop(program + ": internal error: ", error.what(), kInternalError);
  }
}

}  // namespace fusesim
