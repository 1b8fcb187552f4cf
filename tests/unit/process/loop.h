// The loop of a test: runs until something has come true, and fails if it does not.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>

namespace holdfast::test {

class Loop {
 public:
  boost::asio::io_context& context() { return context_; }

  /// Runs until `reached`, at most `limit`: a guard against hanging, not a measure.
  bool run_until(const std::function<bool()>& reached, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!reached() && std::chrono::steady_clock::now() < end) {
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds(50));
    }
    return reached();
  }

 private:
  boost::asio::io_context context_;
};

}  // namespace holdfast::test
