#pragma once

#include <string>

namespace fusesim {

// While any of these lives, a signal that would end the program is handled here; ignored ones stay so, and a
// process that is forked off dies of its signals as ever. For the main thread.

/// A file that does not outlive a program that a signal ends. Only named here: others make and remove it.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(const std::string& path);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

 private:
  int slot_;
};

/// While one exists, signals that would end the program wait; they act when the last one goes.
class SignalsWait {
 public:
  SignalsWait();
  ~SignalsWait();
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;
};

}  // namespace fusesim
