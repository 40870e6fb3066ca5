// The terminal as a page of our own, with keys that come at once; on every way out it is as it was:
// the end of its life, a signal that asks to end, a stop (Ctrl-Z) in between.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "files/descriptor.h"
#include "restantectl/control/top_screen.h"

namespace restante::ctl {

class FullScreen {
 public:
  /// Errors: kIo: no terminal, or one that does not obey.
  static Result<FullScreen> open();
  FullScreen(FullScreen&& other) noexcept;
  FullScreen& operator=(FullScreen&&) = delete;
  ~FullScreen();

  [[nodiscard]] static ScreenSize size();
  /// False: the terminal is gone.
  bool show(std::string_view text) const;

  enum class Event : std::uint8_t { kTime, kRedraw, kEnd };
  /// Until the moment, or until it has another size, or q is typed or a signal comes.
  Event wait(std::chrono::steady_clock::time_point until);

 private:
  explicit FullScreen(files::Descriptor signals) : signals_(std::move(signals)) {}
  void enter();
  void leave();
  Event heed_signal();

  files::Descriptor signals_;
  bool is_entered_ = false;
};

}  // namespace restante::ctl
