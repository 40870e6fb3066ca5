#include "guard/table.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace restante::guard {
namespace {

struct Note {
  Moment until{};
  int count = 0;
  [[nodiscard]] Moment keep_until() const { return until; }
};

Moment at(int seconds) { return Moment(std::chrono::seconds(seconds)); }

int count_of(const Table<Note>& table, const Tag& tag) {
  return table.look(tag, [](const Note* note) { return note == nullptr ? 0 : note->count; });
}

TEST(Table, RemembersByTag) {
  const Tagger tagger;
  Table<Note> table(1000);
  EXPECT_EQ(count_of(table, tagger.of("a")), 0);
  for (int i = 0; i < 3; ++i) table.update(tagger.of("a"), [](Note& note) { ++note.count; });
  table.update(tagger.of("b"), [](Note& note) { ++note.count; });
  EXPECT_EQ(count_of(table, tagger.of("a")), 3);
  EXPECT_EQ(count_of(table, tagger.of("b")), 1);
  EXPECT_EQ(count_of(table, tagger.of("c")), 0);
}

TEST(Table, IsBoundedAndForgetsWhatMeansLeast) {
  const Tagger tagger;
  Table<Note> table(1024);
  // An attacker who has earned a long memory, then a flood of entries that mean less.
  table.update(tagger.of("attacker"), [](Note& note) {
    note.until = at(1000);
    note.count = 100;
  });
  for (int i = 0; i < 100000; ++i)
    table.update(tagger.of("flood" + std::to_string(i)), [&](Note& note) { note.until = at(999); });
  EXPECT_EQ(count_of(table, tagger.of("attacker")), 100);
  std::size_t entries = 0;
  table.for_each([&](const Note&) { ++entries; });
  EXPECT_LE(entries, 1024U);
  EXPECT_GT(entries, 900U);
  // Those that mean as much do push it out in the end.
  for (int i = 0; i < 100000; ++i)
    table.update(tagger.of("worse" + std::to_string(i)),
                 [&](Note& note) { note.until = at(1001); });
  EXPECT_EQ(count_of(table, tagger.of("attacker")), 0);
}

TEST(Table, CountsRightFromManyThreads) {
  const Tagger tagger;
  Table<Note> table(100000);
  const auto count_up = [&] {
    for (int i = 0; i < 20000; ++i)
      table.update(tagger.of(std::to_string(i % 50)), [](Note& note) {
        ++note.count;
        note.until = at(1);
      });
  };
  std::thread other(count_up);
  count_up();
  other.join();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(count_of(table, tagger.of(std::to_string(i))), 800);
}

}  // namespace
}  // namespace restante::guard
