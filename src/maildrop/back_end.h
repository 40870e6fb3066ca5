// The list of back ends: each with the word that chooses it. doors/, which the compiler
// holds to this list, leads to their code; the configuration takes its words from here.
#pragma once

#include <array>
#include <cstdint>

#include "config/values.h"

namespace restante::maildrop {

enum class BackEnd : std::uint8_t {
  kLog,  ///< log/: one append-only file a maildrop (docs/format.md).
};

/// The words of maildrop.backend, the default first.
inline constexpr auto kBackEnds = std::to_array<config::Choice<BackEnd>>({{"log", BackEnd::kLog}});

}  // namespace restante::maildrop
