#pragma once

namespace fusesim {

/// CPU time that all threads of this process have used so far, in seconds.
double process_cpu_seconds();

}  // namespace fusesim
