// The question of a node that starts, which configuration is in force, and the answer of another one (O7, B8): each one
// sealed frame (seal.h) behind its length, on a TCP connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/sidechannel/seal.h"
#include "wire/message.h"

namespace holdfast::sidechannel {

inline constexpr std::size_t longest_question = 1024;      ///< bytes of a frame without its length
inline constexpr std::size_t longest_answer = 17U << 20U;  ///< likewise; a configuration has 16 MiB at most (wire)
inline constexpr std::size_t length_size = 4;

/// Chosen by who asks, never twice: an answer that was recorded before does not fit.
using Nonce = std::string;
Result<Nonce> make_nonce();

/// With their length before them; empty if the library refuses.
std::string question_frame(Sealer& sealer, const Nonce& nonce);
std::string answer_frame(Sealer& sealer, const Nonce& nonce, const wire::ConfigOffer& offer);

/// The length that stands before a frame; nothing if it is greater than `longest` or too small for any.
std::optional<std::size_t> length_of(std::string_view four_bytes, std::size_t longest);

// Frames without their length, any bytes (E3). Nothing: not of this cluster, or not what was expected.
std::optional<Nonce> open_question(Sealer& sealer, std::string_view frame);
struct OpenedAnswer {
  NodeId from;
  wire::ConfigOffer offer;
};
std::optional<OpenedAnswer> open_answer(Sealer& sealer, std::string_view frame, const Nonce& expected);

}  // namespace holdfast::sidechannel
