// A listening unix socket that only its owner may use, and that leaves no trace.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace holdfast::http {

/// The socket's file. Removed with the value, unless another one took its place.
class UnixListener {
 public:
  /// Binds and listens at `path`, mode 0600 from its first moment. A socket that nobody listens on is replaced;
  /// anything else at the path is left alone and is an error.
  static Result<UnixListener> open(const std::string& path);

  UnixListener(UnixListener&& other) noexcept;
  UnixListener& operator=(UnixListener&& other) noexcept;
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;
  ~UnixListener();

  /// Hands the descriptor over (non-blocking, close-on-exec); the caller closes it.
  int release();

 private:
  UnixListener(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace holdfast::http
