// Whatever a disk answers (K3): every parser of it, and what is decided from a device that speaks the input.
#include "../require.h"
#include "agents/disk/renewal.h"
#include "agents/disk/take.h"

namespace {

using namespace holdfast;
using namespace holdfast::agent::disk;

/// Answers piece by piece: a byte for the status, one for the length, the bytes.
class Speaking final : public Path {
 public:
  explicit Speaking(View input) : input_(input) {}

  Reply run(const Request& request) override {
    if (input_.size() < 2) return {Outcome::not_answering, {}, "at its end"};
    const int status = input_[0] % 4 == 0 ? 2 : input_[0] % 4 == 1 ? 0x18 : 0;
    const std::size_t size = std::min<std::size_t>(input_[1], input_.size() - 2);
    const View told = input_.subspan(2, size);
    input_ = input_.subspan(2 + size);
    Reply reply = judge(status, told);
    reply.in.assign(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(std::min(size, request.in_limit)));
    return reply;
  }
  const std::string& name() const override { return name_; }

 private:
  View input_;
  std::string name_ = "/dev/sda";
};

Paths speaking(View input) {
  Paths out;
  out.push_back(std::make_unique<Speaking>(input));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const View input(bytes, size);
  if (const auto keys = parse_keys(input)) require(keys->all.size() <= size / 8);
  static_cast<void>(parse_reservation(input));
  static_cast<void>(parse_capabilities(input));
  static_cast<void>(parse_device_type(input));
  if (const auto unit = parse_identification(input)) require(!unit->empty());
  static_cast<void>(judge(2, input));

  Claim claim;
  claim.self = {0x01020304, 1, {}};
  const auto taken = take(speaking(input), claim, [](Millis) {});
  require(taken.code == agent::ExitCode::success || !taken.text.empty());
  static_cast<void>(suitable(speaking(input), claim.self, claim.type));
  static_cast<void>(give_back(speaking(input), claim.self, claim.type));
  Speaking path(input);
  const Finding finding = renew(path, claim);
  require((finding.found == Found::held) == finding.text.empty());
  return 0;
}
