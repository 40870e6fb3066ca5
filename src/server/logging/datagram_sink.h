// A sink of spdlog's that sends each line as a datagram to a Unix socket: syslog's, or the
// journal's. A receiver that is busy is waited for, in bursts: 50 ms of each second at most. One
// that hangs or is gone costs lines, and no mail. The next line that goes out is preceded by one
// that says how many were lost. The socket is made at the start, so that a sandbox need not allow
// more than sending.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "files/descriptor.h"

namespace restante::server {

class DatagramSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// From a level and the line to the datagram; `shown` is the line as the formatter has it.
  using Encode = std::function<std::string(spdlog::level::level_enum, std::string_view line,
                                           std::string_view shown)>;

  DatagramSink(std::string path, Encode encode);

  /// Lines that have gone nowhere and were not told yet.
  [[nodiscard]] std::uint64_t lost();

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  bool send(std::string_view datagram);
  bool send_by(std::string_view datagram, int flags);
  bool may_wait(std::chrono::steady_clock::time_point now);
  std::string encoded(const spdlog::details::log_msg& message);
  bool tell_losses(const spdlog::details::log_msg& like);

  const std::string path_;
  const Encode encode_;
  files::Descriptor socket_;
  std::uint64_t lost_ = 0;
  std::chrono::steady_clock::time_point second_{};  // When the present second of waiting began.
  std::chrono::steady_clock::duration waited_{};    // In it.
};

}  // namespace restante::server
