// Changes to the configuration's file that leave everything else in it as its owner wrote it:
// comments, order, blanks.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "profile/profile.h"

namespace restante::cli {

/// One key of an account; no value: the key goes.
struct Setting {
  std::string key;
  std::optional<std::string> value;  ///< As TOML, or as the text that a string is to have.
};

/// "KEY=VALUE", or "KEY=" for one that goes. Errors: kSyntax, for the name and a password, too:
/// neither is set this way.
Result<Setting> parse_setting(std::string_view text);

/// The text with the account's keys changed. Pure; whether it is a good configuration is not
/// asked. Errors: kNotFound (no [[account]] stands at `line`, or a text of several lines is in it).
Result<std::string> with_settings(const std::string& text, int line,
                                  const std::vector<Setting>& settings);

/// Changes the account in the file, durably and as a whole: a reader sees it before or after.
/// Values are taken as TOML where that makes a good configuration, else as the text of a string.
/// Errors: kSyntax (it would have mistakes; the detail is the first; nothing is changed),
/// kNotFound, kIo.
Status change_account(const std::filesystem::path& file, const std::string& name,
                      const std::vector<Setting>& settings);

/// Puts a new text in place of the file's, when it is a good configuration. Errors: kSyntax (the
/// detail has all mistakes, one a line), kIo.
Status replace_configuration(const std::filesystem::path& file, const std::string& text);

}  // namespace restante::cli
