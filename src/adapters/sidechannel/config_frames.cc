#include "adapters/sidechannel/config_frames.h"

#include <openssl/rand.h>

#include "wire/offer.h"

namespace holdfast::sidechannel {

namespace {

// So that no frame of the side channel is taken for another kind.
constexpr std::string_view question_mark = "HFcq";
constexpr std::string_view answer_mark = "HFca";
constexpr std::size_t nonce_size = 16;

std::string framed(std::string sealed) {
  if (sealed.empty()) return {};
  std::string frame;
  for (std::size_t i = 0; i < length_size; ++i) frame.push_back(static_cast<char>(sealed.size() >> (8 * i)));
  return frame += sealed;
}

}  // namespace

Result<Nonce> make_nonce() {
  Nonce nonce(nonce_size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), nonce_size) != 1)
    return failure("the system gives no random numbers");
  return nonce;
}

std::string question_frame(Sealer& sealer, const Nonce& nonce) {
  return framed(sealer.seal(std::string(question_mark) + nonce));
}

std::string answer_frame(Sealer& sealer, const Nonce& nonce, const wire::ConfigOffer& offer) {
  return framed(sealer.seal(std::string(answer_mark) + nonce + wire::encode_offer(offer)));
}

std::optional<std::size_t> length_of(std::string_view four_bytes, std::size_t longest) {
  if (four_bytes.size() != length_size) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = length_size; i-- > 0;) length = length << 8U | static_cast<unsigned char>(four_bytes[i]);
  if (length < seal_overhead || length > longest) return std::nullopt;
  return length;
}

std::optional<Nonce> open_question(Sealer& sealer, std::string_view frame) {
  const auto opened = sealer.open(frame);
  if (!opened || opened->content.size() != question_mark.size() + nonce_size ||
      !opened->content.starts_with(question_mark))
    return std::nullopt;
  return opened->content.substr(question_mark.size());
}

std::optional<OpenedAnswer> open_answer(Sealer& sealer, std::string_view frame, const Nonce& expected) {
  const auto opened = sealer.open(frame);
  const std::string begin = std::string(answer_mark) + expected;
  if (!opened || !opened->content.starts_with(begin)) return std::nullopt;
  Result<wire::ConfigOffer> offer = wire::decode_offer(std::string_view(opened->content).substr(begin.size()));
  if (!offer) return std::nullopt;
  return OpenedAnswer{opened->sender, std::move(*offer)};
}

}  // namespace holdfast::sidechannel
