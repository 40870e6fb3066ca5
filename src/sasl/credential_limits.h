// What a name and a password may look like before anyone looks them up: the same for every
// mechanism and for USER and PASS. Bytes above 127 are fine; which encoding they are in is not
// asked here.
#pragma once

#include <string_view>

#include "base/result.h"

namespace restante::sasl {

/// 1 to limits::kUserNameBytesMax bytes without control characters. Errors: kSyntax, kLimit.
Status check_name(std::string_view name);
/// 1 to limits::kPasswordBytesMax bytes without NUL. Errors: kSyntax, kLimit.
Status check_password(std::string_view password);

}  // namespace restante::sasl
