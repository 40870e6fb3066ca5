// What every command starts from: the configuration and where output goes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "console/pager.h"
#include "profile/profile.h"
#include "restante/frame/exit_code.h"
#include "restante/frame/output.h"

namespace restante::cli {

class Context {
 public:
  Context(profile::Profile profile, Output output, bool pager)
      : profile_(std::move(profile)), output_(output), pager_(pager) {}

  /// Empty but for `file`, when the command needs none and there is none.
  [[nodiscard]] const profile::Profile& profile() const { return profile_; }
  [[nodiscard]] const Output& out() const { return output_; }
  /// Long text may go through a pager: it is for people, on a terminal.
  [[nodiscard]] bool wants_pager() const { return pager_; }
  /// The line for console::Pager; empty when none is wanted.
  [[nodiscard]] std::string pager() const {
    return pager_ ? console::Pager::usual_command() : std::string();
  }

  /// The account of that name, or all that are enabled when `names` is empty. The pointers live as
  /// long as this. Errors: kNotFound; the detail lists the known names.
  [[nodiscard]] Result<std::vector<const profile::Account*>> accounts(
      const std::vector<std::string>& names) const;

 private:
  const profile::Profile profile_;
  const Output output_;
  const bool pager_;
};

}  // namespace restante::cli
