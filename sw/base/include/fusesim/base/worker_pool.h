#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fusesim {

/// A few threads that run the tasks of one batch after another.
class WorkerPool {
 public:
  /// `workers` >= 1; the caller's thread is worker 0. Fewer work where the system gives no more threads.
  explicit WorkerPool(size_t workers);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs task(worker, i) for i in [0, count), each once, in no particular order, and returns when all are
  /// done. Passes on the first exception.
  void run(size_t count, const std::function<void(size_t worker, size_t i)>& task);

 private:
  void serve(size_t worker);
  void drain(size_t worker, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable is_done_;
  const std::function<void(size_t, size_t)>* task_ = nullptr;
  size_t next_ = 0;
  size_t count_ = 0;
  size_t finished_ = 0;
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace fusesim
