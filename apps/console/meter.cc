#include "console/meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace restante::console {
namespace {

constexpr std::chrono::seconds kRateWindow{10};
constexpr std::chrono::milliseconds kSampleEvery{100};
constexpr std::size_t kBarMin = 10;
constexpr std::size_t kBarMax = 40;

double part_of(const WorkMeter& meter) {
  if (meter.total() == 0) return 1.0;
  return std::min(1.0, static_cast<double>(meter.done()) / static_cast<double>(meter.total()));
}

std::string amount(const WorkMeter& meter, double number) {
  return meter.unit() == Unit::kBytes ? human_bytes(number) : fmt::format("{:.0f}", number);
}

std::string rate_text(const WorkMeter& meter) {
  std::string text = meter.rate() > 0 ? amount(meter, meter.rate()) + "/s" : "";
  if (const auto left = meter.left()) text += "  " + human_time(*left) + " left";
  return text;
}

}  // namespace

void WorkMeter::add(std::uint64_t bytes, TimePoint now) {
  done_ += bytes;
  // A few samples a second are enough, however small the pieces are.
  if (samples_.size() > 1 && now - samples_[samples_.size() - 2].time < kSampleEvery) {
    samples_.back() = {now, done_};
  } else {
    samples_.push_back({now, done_});
  }
  while (samples_.size() > 2 && now - samples_[1].time >= kRateWindow) samples_.pop_front();
}

double WorkMeter::rate() const {
  const std::chrono::duration<double> time = samples_.back().time - samples_.front().time;
  if (time.count() <= 0) return 0;
  return static_cast<double>(samples_.back().done - samples_.front().done) / time.count();
}

std::optional<std::chrono::seconds> WorkMeter::left() const {
  const double now = rate();
  if (now < 1 || total_ == 0) return std::nullopt;
  const std::uint64_t bytes = total_ > done_ ? total_ - done_ : 0;
  return std::chrono::seconds(std::llround(static_cast<double>(bytes) / now));
}

std::string human_time(std::chrono::seconds time) {
  const auto all = time.count();
  if (all >= 3600) return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
  return fmt::format("{}:{:02}", all / 60, all % 60);
}

std::string render_line(const std::string& title, const WorkMeter& meter) {
  std::string line =
      fmt::format("{}  {} of {}  {:.0f}%", title, amount(meter, static_cast<double>(meter.done())),
                  amount(meter, static_cast<double>(meter.total())), 100 * part_of(meter));
  const std::string rate = rate_text(meter);
  return rate.empty() ? line : line + "  " + rate;
}

std::string render_bar(const std::string& title, const WorkMeter& meter, std::size_t columns) {
  const double part = part_of(meter);
  const std::string front = fmt::format(
      "{}  {} of {}  {:3.0f}%  ", title, amount(meter, static_cast<double>(meter.done())),
      amount(meter, static_cast<double>(meter.total())), 100 * part);
  const std::string back = "  " + rate_text(meter);
  const std::size_t used = front.size() + back.size() + 2;
  std::string line = front;
  if (used + kBarMin <= columns) {
    const std::size_t width = std::min(kBarMax, columns - used);
    const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
    line += '[' + std::string(full, '#') + std::string(width - full, ' ') + ']';
  }
  line += back;
  return line.substr(0, columns);
}

}  // namespace restante::console
