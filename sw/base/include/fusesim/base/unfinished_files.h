#pragma once

#include <string>

namespace fusesim {

/// From now on a signal that ends this program first removes its unfinished files and waits for what is being
/// written together. Signals that are ignored stay so. For a main, before there are threads; a process that
/// is forked off dies of its signals as ever.
void end_cleanly_on_signals();

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
