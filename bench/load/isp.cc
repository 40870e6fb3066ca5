#include "load/isp.h"

#include <algorithm>
#include <array>
#include <random>

namespace restante::load {
namespace {

struct Share {
  std::uint32_t value;
  double per_cent;
};

/// The upper size in KiB.
constexpr std::array kSizes{Share{1, 10.20},   Share{2, 30.71},  Share{3, 20.59}, Share{4, 10.78},
                            Share{5, 5.88},    Share{6, 3.74},   Share{10, 7.44}, Share{100, 9.79},
                            Share{1000, 0.69}, Share{2675, 0.18}};
/// Recipients of a mail.
constexpr std::array kRecipients{
    Share{1, 85.73}, Share{2, 1.66},  Share{3, 1.49},  Share{4, 1.34},  Share{5, 1.20},
    Share{6, 1.08},  Share{7, 0.97},  Share{8, 0.88},  Share{9, 0.79},  Share{10, 0.71},
    Share{11, 0.64}, Share{12, 0.58}, Share{13, 0.52}, Share{14, 0.47}, Share{15, 0.42},
    Share{16, 0.38}, Share{17, 0.34}, Share{18, 0.31}, Share{19, 0.28}, Share{20, 0.21}};
/// Mails that are made, and sent again and again.
constexpr int kVariants = 1000;

/// Which of the shares a point of 0..1 lies in, and how far inside.
struct Drawn {
  std::size_t index;
  double within;
};

template <std::size_t count>
Drawn draw(const std::array<Share, count>& shares, double point) {
  double left = point * 100;
  for (std::size_t i = 0; i < count; ++i) {
    if (left < shares[i].per_cent) return {i, left / shares[i].per_cent};
    left -= shares[i].per_cent;
  }
  return {0, 0};
}

/// Evenly between the next smaller upper size and its own.
std::uint64_t size_of(Drawn drawn) {
  const double low = drawn.index == 0 ? 0.5 : kSizes[drawn.index - 1].value;
  return static_cast<std::uint64_t>(1024 *
                                    (low + drawn.within * (kSizes[drawn.index].value - low)));
}

}  // namespace

std::vector<Script> make_isp_deliveries() {
  std::mt19937 random(2001);  // The same mails in every run.
  std::uniform_real_distribution<double> point;
  std::vector<Script> scripts;
  for (int i = 0; i < kVariants; ++i) {
    ScriptOptions options;
    options.workload = "deliver";
    options.deliveries = 1;
    // One of each part: the rare large ones are there as often as they should be.
    options.message_bytes = size_of(draw(kSizes, (i + point(random)) / kVariants));
    options.recipients = kRecipients[draw(kRecipients, point(random)).index].value;
    scripts.push_back(make_script(options).value());
  }
  std::shuffle(scripts.begin(), scripts.end(), random);
  return scripts;
}

Script make_isp_check() {
  Script script = make_script({.workload = "poll"}).value();
  Step quit = std::move(script.steps.back());
  script.steps.pop_back();
  script.steps.push_back({"RETR {number}\r\n", {Expect::kMessage}, true, true});
  script.steps.push_back({"DELE {number}\r\n", {Expect::kStatus}, true, true});
  quit.is_work = true;  // Where deletions become durable.
  script.steps.push_back(std::move(quit));
  return script;
}

}  // namespace restante::load
