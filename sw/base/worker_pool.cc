#include "fusesim/base/worker_pool.h"

#include <system_error>

namespace fusesim {

WorkerPool::WorkerPool(size_t workers) {
  try {
    threads_.reserve(workers - 1);
    for (size_t worker = 1; worker < workers; ++worker)
      threads_.emplace_back([this, worker] { serve(worker); });
  } catch (const std::system_error&) {  // the system gives no more: those that run do the work
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::run(size_t count, const std::function<void(size_t, size_t)>& task) {
  std::unique_lock<std::mutex> lock(mutex_);
  task_ = &task;
  next_ = 0;
  finished_ = 0;
  count_ = count;
  failure_ = nullptr;
  if (!threads_.empty()) has_work_.notify_all();
  drain(0, lock);
  is_done_.wait(lock, [this] { return finished_ == count_; });
  task_ = nullptr;
  if (failure_) std::rethrow_exception(failure_);
}

void WorkerPool::serve(size_t worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] { return stopping_ || (task_ != nullptr && next_ < count_); });
    if (stopping_) return;
    drain(worker, lock);
  }
}

void WorkerPool::drain(size_t worker, std::unique_lock<std::mutex>& lock) {
  while (task_ != nullptr && next_ < count_) {
    const size_t i = next_++;
    const std::function<void(size_t, size_t)>& task = *task_;
    lock.unlock();
    std::exception_ptr failure;
    try {
      task(worker, i);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure && !failure_) failure_ = failure;
    if (++finished_ == count_) is_done_.notify_one();
  }
}

}  // namespace fusesim
