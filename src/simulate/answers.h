// The answers as text for operators and as JSON (docs/openapi.yaml has nothing of it: no daemon is asked).
#pragma once

#include <string>

#include "simulate/matrix.h"
#include "simulate/rehearsal.h"

namespace holdfast::simulate {

std::string text_of(const Rehearsal& rehearsal, const Present& present);
std::string json_of(const Rehearsal& rehearsal, const Present& present);

/// The worst `rows` rows (0: all).
std::string text_of(const Matrix& matrix, const Present& present, std::size_t rows);
std::string json_of(const Matrix& matrix, const Present& present);

/// "412 ms", "1.3 s", "2 min 05 s"
std::string words_of(Micros time);

}  // namespace holdfast::simulate
