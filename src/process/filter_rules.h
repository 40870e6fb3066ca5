// A filter of system calls while it is made: rules by name, loaded at the end. For the filters of
// this folder alone.
#pragma once

#include <seccomp.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

#include "base/result.h"

namespace restante::process {

/// Adds rules until one fails; then nothing more.
class FilterRules {
 public:
  /// `otherwise`: what happens to a call without a rule.
  explicit FilterRules(std::uint32_t otherwise)
      : context_(seccomp_init(otherwise), &seccomp_release) {}

  void all(std::uint32_t action, std::span<const char* const> names) {
    for (const char* const name : names) rule(action, name, {});
  }
  void allow(const char* name, std::initializer_list<scmp_arg_cmp> conditions) {
    rule(SCMP_ACT_ALLOW, name, conditions);
  }
  /// For all threads, for good. Errors: kIo.
  Status load();

 private:
  void rule(std::uint32_t action, const char* name, std::span<const scmp_arg_cmp> conditions);

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int failure_ = 0;
};

inline scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
/// The bits of `mask` are `value`.
inline scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

/// Calls that only an intruder makes.
std::span<const char* const> deadly_calls();
/// Other programs and other processes' memory: for an intruder, too, unless helpers are run.
std::span<const char* const> helper_calls();

}  // namespace restante::process
