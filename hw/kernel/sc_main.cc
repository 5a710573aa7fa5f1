#include <cstdio>
#include <systemc>

/// libsystemc refers to sc_main. Programs of this project have a main of their own and reach the kernel
/// through simulate(); a program that lets libsystemc's main start it defines its own sc_main, which takes
/// the place of this one.
extern "C" int sc_main(int, char**) {
  std::fputs("expected a main or an sc_main in this program\n", stderr);
  return 2;
}
