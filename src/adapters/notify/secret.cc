#include "adapters/notify/secret.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/format.h"

namespace holdfast::notify {

Result<std::string> read_secret(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  if (!stream) return failure(format("{}: {}", file, std::strerror(errno)));
  if (!std::getline(stream, line) || line.empty()) return failure(format("{}: its first line is empty", file));
  if (line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace holdfast::notify
