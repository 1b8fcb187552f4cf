#include "wire/reader.h"

namespace holdfast::wire {

bool Reader::fail(std::string wrong) {
  if (ok_) wrong_ = std::move(wrong);
  ok_ = false;
  return false;
}

bool Reader::fail_in(const char* field) {
  if (ok_) wrong_ = "broken";
  ok_ = false;
  path_ = path_.empty() ? std::string(field) : std::string(field) + "." + path_;
  return false;
}

bool Reader::fail_unknown(std::string wrong) {
  met_unknown_ = ok_;
  return fail(std::move(wrong));
}

std::uint32_t Reader::next_tag() {
  const std::uint32_t tag = input_.ReadTag();
  if (tag == 0) {
    if (!input_.ConsumedEntireMessage()) fail("ends within a field, or has a field number 0");
    return 0;
  }
  if (number_of(tag) == 0) {
    fail("field number 0");
    return 0;
  }
  return tag;
}

bool Reader::read_varint(WireType type, std::uint64_t& value) {
  if (type != WireType::varint) return fail("a number was expected");
  return input_.ReadVarint64(&value) || fail("ends within a number");
}

bool Reader::read_fixed64(WireType type, std::uint64_t& value) {
  if (type != WireType::fixed64) return fail("eight bytes were expected");
  return input_.ReadLittleEndian64(&value) || fail("ends within eight bytes");
}

bool Reader::read_text(WireType type, std::string& value) {
  std::uint64_t length = 0;
  if (type != WireType::length) return fail("a text was expected");
  if (!input_.ReadVarint64(&length)) return fail("ends within a length");
  if (length > static_cast<std::uint64_t>(input_.BytesUntilLimit())) return fail("a length beyond the end");
  return input_.ReadString(&value, static_cast<int>(length)) || fail("ends within a text");
}

bool Reader::enter(WireType type, int& outer) {
  std::uint64_t length = 0;
  if (type != WireType::length) return fail("fields were expected");
  if (!input_.ReadVarint64(&length)) return fail("ends within a length");
  if (length > static_cast<std::uint64_t>(input_.BytesUntilLimit())) return fail("a length beyond the end");
  if (depth_ >= max_depth) return fail("nested too deeply");
  ++depth_;
  outer = input_.PushLimit(static_cast<int>(length));
  return true;
}

void Reader::leave(int outer) {
  input_.PopLimit(outer);
  --depth_;
}

bool Reader::charge(std::size_t bytes) {
  memory_ += bytes;
  return memory_ <= max_memory || fail("too many elements");
}

bool Reader::skip(WireType type) {
  std::uint64_t length = 0;
  switch (type) {
    case WireType::varint:
      return input_.ReadVarint64(&length) || fail("ends within an unknown field");
    case WireType::fixed64:
      length = 8;
      break;
    case WireType::fixed32:
      length = 4;
      break;
    case WireType::length:
      if (!input_.ReadVarint64(&length)) return fail("ends within an unknown field");
      break;
    case WireType::group_begin:
    case WireType::group_end:
    default:
      return fail("an unknown kind of field");
  }
  if (length > static_cast<std::uint64_t>(input_.BytesUntilLimit())) return fail("a length beyond the end");
  return input_.Skip(static_cast<int>(length));
}

}  // namespace holdfast::wire
