#include "adapters/files/boot_id.h"

#include <optional>

#include "adapters/files/durable_file.h"
#include "base/format.h"

namespace holdfast::files {

Result<std::string> read_boot_id(const std::filesystem::path& file) {
  constexpr std::size_t size = 36;
  const Result<std::optional<std::string>> text = read_file(file, 2 * size);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return failure(format("there is no {}", file.string()));
  if ((*text)->size() != size + 1 || (*text)->back() != '\n')
    return failure(format("{} is not a boot id", file.string()));
  return (*text)->substr(0, size);
}

}  // namespace holdfast::files
