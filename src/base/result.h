// Result<T>: a value or an Error. The interface of std::expected, which clang 16 with libstdc++ 12
// cannot offer yet; when it can, this file is what changes.
#pragma once

#include <tl/expected.hpp>
#include <variant>

#include "base/error.h"

namespace restante {

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
};

using Status = Result<std::monostate>;

inline Status ok() { return Status(std::monostate{}); }

}  // namespace restante

#define RESTANTE_CONCAT_(a, b) a##b
#define RESTANTE_CONCAT(a, b) RESTANTE_CONCAT_(a, b)
#define RESTANTE_TRY_(temporary, declaration, expression) \
  auto temporary = (expression);                          \
  if (!temporary) return std::move(temporary).error();    \
  [[maybe_unused]] declaration = std::move(*temporary)
#define RESTANTE_CO_TRY_(temporary, declaration, expression) \
  auto temporary = (expression);                             \
  if (!temporary) co_return std::move(temporary).error();    \
  [[maybe_unused]] declaration = std::move(*temporary)

/// RESTANTE_TRY(auto x, f()): x is f()'s value, or the function returns f()'s error.
#define RESTANTE_TRY(declaration, expression) \
  RESTANTE_TRY_(RESTANTE_CONCAT(restante_try_, __COUNTER__), declaration, expression)
/// The same in a coroutine: RESTANTE_CO_TRY(auto x, co_await f()).
#define RESTANTE_CO_TRY(declaration, expression) \
  RESTANTE_CO_TRY_(RESTANTE_CONCAT(restante_try_, __COUNTER__), declaration, expression)
/// RESTANTE_CHECKED(f()): the same for a call whose value is of no interest (a Status).
#define RESTANTE_CHECKED(expression)                           \
  do {                                                         \
    if (auto restante_status = (expression); !restante_status) \
      return std::move(restante_status).error();               \
  } while (false)
