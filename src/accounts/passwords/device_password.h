// Passwords of an account for single devices: made here, never chosen by people, so that what is
// kept of them may be a fast hash. docs/devices.md argues it.
//
// A device password is 20 letters out of 22 that readers do not mix up: 89 bits. Its tag is a
// BLAKE2b of the account's name and the letters: an attempt costs one hash, with one device or with
// many.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace restante::accounts {

/// What is stored of a device password.
using DeviceTag = std::array<unsigned char, 32>;

struct Device {
  std::string label;  ///< Unique in its account.
  DeviceTag tag{};
  std::optional<WallTime> last_used;  ///< To the hour; empty: never.
};

/// A fresh one, as it is shown: "abcde-fghjk-mnpqr-stvwx". The caller wipes it.
std::string make_device_password();

/// std::nullopt when this is no device password by its form: blanks, hyphens and upper case do not
/// count. Takes a microsecond. `account` is the canonical name.
std::optional<DeviceTag> device_tag(std::string_view account, std::string_view password);

/// In constant time.
bool same_tag(const DeviceTag& a, const DeviceTag& b);

/// Whether a label may be given: 1 to limits::kDeviceLabelBytesMax bytes of UTF-8 without control
/// characters, and no blank at either end.
bool is_device_label(std::string_view label);

}  // namespace restante::accounts
