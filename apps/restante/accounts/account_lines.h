// The lines of one account in the configuration: another name in them, or without them. All other
// lines, comments too, stay as they are.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/profile.h"

namespace restante::cli {

/// The text with the name `to` for the account `from`. `profile` is what was read from `text`.
/// Errors: kSyntax (`to` is no name, or the line is not one that can be changed so; the detail says
/// what to do by hand).
Result<std::string> with_other_name(const profile::Profile& profile, std::string_view text,
                                    const std::string& from, const std::string& to);
/// The text without the account, and with all others. Errors: kSyntax.
Result<std::string> without_account(const profile::Profile& profile, std::string_view text,
                                    const std::string& name);

/// Puts the text in the file's place, durably and with its mode; a link stays one. After any
/// failure the old text or the new one is there. Errors: kIo, kAuth, kFull.
Status replace_text(const std::filesystem::path& file, std::string_view text);

}  // namespace restante::cli
