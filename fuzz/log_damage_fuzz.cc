// A maildrop that lived, then was damaged: the input says what was done to it and which bytes of
// its files were changed. A message whose record was not touched and that was not deleted is still
// there; nothing is given out that was never delivered.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/check.h"
#include "disk/memory.h"
#include "input.h"
#include "maildrop/log/check/dump.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace {

using namespace restante;       // NOLINT(google-build-using-namespace): a program of its own
using namespace maildrop::log;  // NOLINT(google-build-using-namespace)
using maildrop::View;

struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

class World {
 public:
  void live(fuzz::Input& input) {
    for (unsigned left = input.take_byte() % 16U; left > 0; --left) act(input);
  }
  void damage(fuzz::Input& input) {
    if (store_.open()) static_cast<void>(input.take_byte() % 2 == 0 || store_->close());
    survey();
    while (!input.empty()) change(input);
  }
  void check() {
    store_.reopen();
    const bool opens = expect_all();
    const auto receipt = deliver("Subject: later\r\n\r\n");
    RESTANTE_CHECK(opens || !receipt);
    expect_all();
    static_cast<void>(store_->repair(kAccount, {}));
    expect_all();
    static_cast<void>(store_->upkeep(kAccount, {}, {}));
    store_.reopen();
    RESTANTE_CHECK(expect_all() || !opens);
  }

 private:
  bool deliver(const std::string& text, std::optional<std::string> uid = std::nullopt) {
    const auto receipt = store_.deliver(text, kAccount, std::move(uid));
    if (!receipt) return false;
    texts_[receipt->uid] = text;
    kept_.insert(receipt->uid);
    return true;
  }
  void act(fuzz::Input& input) {
    const unsigned what = input.take_byte();
    const std::size_t size = std::size_t{what >> 4U} * 40U;
    switch (what % 8U) {
      case 0: return static_cast<void>(store_->close()), store_.reopen();
      case 1: return static_cast<void>(store_->upkeep(kAccount, {}, {}));
      case 2: return static_cast<void>(deliver("X\r\n", "uid" + std::to_string(what)));
      case 3: return remove(what >> 4U);
      case 4: return static_cast<void>(store_->undelete(kAccount, View::kDefault, {}));
      default: return static_cast<void>(deliver(std::string(size, 'x') + "\xF5RST\r\n"));
    }
  }
  void remove(std::uint32_t number) {
    const auto session = store_.open();
    if (!session || number == 0 || number > (*session)->count()) return;
    kept_.erase(TestStore::uid(**session, number));
    RESTANTE_CHECK((*session)->commit(end_deleting({MessageNumber{number}})).has_value());
  }

  /// Where the records of the messages are now.
  void survey() {
    const auto file = disk_.open(paths_.log, disk::OpenMode::kRead);
    if (!file) return;
    const auto sink = [this](const DumpLine& line) {
      if (line.type == "message") extents_[line.uid] = {line.offset, line.offset + line.bytes};
    };
    RESTANTE_CHECK(dump_log(**file, (*file)->status()->size, {}, sink).has_value());
  }

  void change(fuzz::Input& input) {
    const unsigned what = input.take_byte();
    const bool in_log = what % 4U != 0;
    const std::string& path = in_log ? paths_.log : paths_.index;
    auto content = disk_.content(path);
    if (!content || content->empty()) return;
    const std::size_t at = input.take_number() % content->size();
    std::size_t size = std::min<std::size_t>(1 + input.take_byte() / 2U, content->size() - at);
    const std::string_view bytes = std::string_view(*content).substr(at, size);
    std::string fresh(bytes.size(), '\0');
    if ((what & 4U) != 0) fresh = std::string(input.take_piece(size));
    if ((what & 8U) != 0) fresh = content->substr(input.take_number() % content->size(), size);
    if ((what & 0x30U) == 0x30U) {
      content->resize(at);
      size = SIZE_MAX;
    } else {
      content->replace(at, fresh.size(), fresh);
      size = fresh.size();
    }
    if (in_log) touched(at, size);
    disk_.set_content(path, *content);
  }
  void touched(std::uint64_t at, std::uint64_t size) {
    for (const auto& [uid, extent] : extents_)
      if (at < extent.end && (size == SIZE_MAX || extent.begin < at + size)) kept_.erase(uid);
  }

  /// False when the maildrop cannot be opened: then nothing of it is given out.
  bool expect_all() {
    const auto session = store_.open();
    if (!session) return false;
    std::set<std::string> found;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i) {
      const std::string uid = TestStore::uid(**session, i);
      const std::string text = TestStore::read_text(**session, MessageNumber{i});
      if (text.starts_with('!')) continue;
      RESTANTE_CHECK(texts_.contains(uid) && texts_.at(uid) == text);
      RESTANTE_CHECK(found.insert(uid).second);
    }
    for (const std::string& uid : kept_) RESTANTE_CHECK(found.contains(uid));
    return true;
  }

  disk::MemoryDisk disk_;
  TestStore store_{disk_};
  const LogPaths paths_ = log_paths("/data", kAccount);
  std::map<std::string, std::string> texts_;  // All ever delivered, by uid.
  std::set<std::string> kept_;                // What has to be there.
  std::map<std::string, Extent> extents_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, std::min<std::size_t>(size, 256));
  World world;
  world.live(input);
  world.damage(input);
  world.check();
  return 0;
}
