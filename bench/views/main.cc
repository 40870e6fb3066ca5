// How long the views of a large maildrop take to open: 100,000 messages and 16 views, of which each
// has deleted every second one, in turns. Cold is a process that has nothing of it in memory, and
// an index; warm is any login after that. The page cache has the files: a disk adds its own time.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "disk/posix.h"
#include "maildrop/doors/open.h"

namespace {

using namespace restante;
using maildrop::View;

constexpr std::uint32_t kMessages = 100'000;
constexpr std::size_t kAtOnce = 1000;
constexpr std::uint32_t kViews = 16;
constexpr int kTimes = 21;
constexpr const char* kAccount = "alice@example.test";

class Mail final : public maildrop::Source {
 public:
  [[nodiscard]] std::uint64_t size() const override { return kText.size(); }
  Status read(std::uint64_t offset, MutableBytes target) override {
    std::memcpy(target.data(), kText.data() + offset, target.size());
    return ok();
  }

 private:
  static constexpr std::string_view kText = "Subject: one of many\r\n\r\nA short mail.\r\n";
};

std::unique_ptr<maildrop::Store> open_store(const std::string& folder) {
  static const ManualClock clock;
  return std::move(
      maildrop::open_store(disk::posix_disk(), maildrop::StoreSettings(folder, clock)).value());
}

void fill(maildrop::Store& store) {
  Mail source;
  const maildrop::NewMessage message("", source, source.size());
  const std::vector<const maildrop::NewMessage*> group(kAtOnce, &message);
  for (std::uint32_t done = 0; done < kMessages; done += kAtOnce)
    for (const auto& receipt : store.deliver_together(kAccount, group))
      RESTANTE_CHECK(receipt.has_value());
  for (std::uint32_t i = 0; i < kViews; ++i) {
    const auto view = store.make_view(kAccount, {fmt::format("view-{}", i), {}, {}});
    RESTANTE_CHECK(view.has_value());
    maildrop::SessionEnd end;
    for (std::uint32_t number = 1 + i % 2; number <= kMessages; number += 2)
      end.deleted.push_back(MessageNumber{number});
    RESTANTE_CHECK((*store.open(kAccount, *view))->commit(end).has_value());
  }
  RESTANTE_CHECK(store.close().has_value());
}

/// As a login does: the view is found by its name and opened.
void open_view(maildrop::Store& store, const std::string& name) {
  View view = View::kDefault;
  if (!name.empty()) view = store.find_view(kAccount, name)->view;
  const auto session = store.open(kAccount, view);
  RESTANTE_CHECK(session.has_value() && (*session)->count() >= kMessages / 2);
}

/// Milliseconds: the median, and the longest.
void measure(const char* name, int times, const std::function<void()>& prepare,
             const std::function<void()>& path) {
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    prepare();
    const auto start = std::chrono::steady_clock::now();
    path();
    const std::chrono::duration<double, std::milli> one = std::chrono::steady_clock::now() - start;
    took.push_back(one.count());
  }
  std::ranges::sort(took);
  fmt::print("{}\t{:.3f} ms\tat most {:.3f} ms\n", name, took[took.size() / 2], took.back());
}

}  // namespace

int main(int count, char** arguments) {
  RESTANTE_CHECK(count == 2);  // An empty folder.
  const std::string folder = arguments[1];
  auto store = open_store(folder);
  fill(*store);
  const auto anew = [&] { store = open_store(folder); };
  measure("cold, the default view", kTimes, anew, [&] { open_view(*store, {}); });
  measure("cold, one of 16 views", kTimes, anew, [&] { open_view(*store, "view-0"); });
  const auto nothing = [] {};
  std::uint32_t next = 1;
  measure("warm, the first login of a view", kViews - 1, nothing,
          [&] { open_view(*store, fmt::format("view-{}", next++)); });
  measure("warm, the default view", kTimes, nothing, [&] { open_view(*store, {}); });
  measure("warm, one of 16 views", kTimes, nothing, [&] { open_view(*store, "view-7"); });
}
