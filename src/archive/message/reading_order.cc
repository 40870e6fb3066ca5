#include "archive/message/reading_order.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::archive {
namespace {

constexpr std::size_t kPartsLookedAt = 4096;
// The most texts that are rated; those behind them count as they come.
constexpr std::size_t kRatedMax = 200;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// A plain text that only says where the text is, in any language. Where it says more the page
/// beside it says the same.
bool is_stub(std::string_view text) {
  constexpr std::size_t kStubBytesMax = 600;
  if (text.size() > kStubBytesMax) return false;
  const std::string lower = to_lower(text);
  if (lower.find("browser") != std::string::npos) return true;
  // "page.html" is an address.
  for (std::size_t at = lower.find("html"); at != std::string::npos;
       at = lower.find("html", at + 1))
    if (at == 0 || lower[at - 1] != '.') return true;
  return false;
}

bool is_read(const MimePart& part) {
  return part.is_text || part.is_message || part.protection != Protection::kNone;
}

// How a branch is rated.
constexpr int kBlank = 1;
constexpr int kStub = 2;
constexpr int kText = 3;
constexpr int kAskedFor = 4;

/// Of one group: its best branch so far.
struct Best {
  int rating = 0;
  unsigned branch = 0;
};

class Choice {
 public:
  Choice(const MimeMessage& message, std::string_view type);
  [[nodiscard]] bool holds(const MimePart& part) const;

 private:
  void rate(unsigned group, unsigned branch, int rating);

  const std::vector<AlternativeGroup>& groups_;
  std::vector<Best> best_;
};

Choice::Choice(const MimeMessage& message, std::string_view type)
    : groups_(message.alternatives()), best_(groups_.size() + 1) {
  std::size_t rated = 0;
  for (const MimePart& part : message.parts()) {
    if (part.alternative == 0 || !is_read(part) || part.type == "text/calendar") continue;
    int rating = part.is_text && part.type == type ? kAskedFor : kText;
    if (part.is_text && ++rated <= kRatedMax) {
      const auto start = message.text_of(part.number, kPartsLookedAt);
      if (!start || is_blank(*start))
        rating = kBlank;
      else if (part.type == "text/plain" && is_stub(*start))
        rating = kStub;
    }
    rate(part.alternative, part.branch, rating);
  }
}

/// A text counts for all groups around it. Branches come in their order: the first of the best
/// stays.
void Choice::rate(unsigned group, unsigned branch, int rating) {
  while (group != 0) {
    Best& best = best_[group];
    if (rating > best.rating) best = {rating, branch};
    branch = groups_[group - 1].outer_branch;
    group = groups_[group - 1].outer;
  }
}

bool Choice::holds(const MimePart& part) const {
  unsigned group = part.alternative;
  unsigned branch = part.branch;
  const bool is_invitation = part.type == "text/calendar";
  while (group != 0) {
    if (!is_invitation && best_[group].branch != branch) return false;
    branch = groups_[group - 1].outer_branch;
    group = groups_[group - 1].outer;
  }
  return true;
}

}  // namespace

std::vector<const MimePart*> parts_to_read(const MimeMessage& message, std::string_view type) {
  const Choice choice(message, type);
  std::vector<const MimePart*> chosen;
  for (const MimePart& part : message.parts())
    if (is_read(part) && choice.holds(part)) chosen.push_back(&part);
  return chosen;
}

}  // namespace restante::archive
