#include "files/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "files/test_support.h"

namespace restante::files {
namespace {

namespace fs = std::filesystem;

/// As long as it lives, no file of this process grows beyond `octets`: a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t octets) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    old_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{octets, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~SmallDisk() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
    static_cast<void>(::signal(SIGXFSZ, old_));
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*old_)(int) = nullptr;
};

/// As long as it lives, the folder takes no new names; root is another user meanwhile.
class ClosedFolder {
 public:
  explicit ClosedFolder(const Path& folder) : folder_(folder) {
    if (::geteuid() == 0) EXPECT_EQ(::chown(folder.c_str(), 65534, 65534), 0);
    fs::permissions(folder, fs::perms(0500));
    if (::geteuid() == 0) EXPECT_EQ(::seteuid(65534), 0);
  }
  ~ClosedFolder() {
    if (::getuid() == 0) EXPECT_EQ(::seteuid(0), 0);
    fs::permissions(folder_, fs::perms(0700));
  }
  ClosedFolder(const ClosedFolder&) = delete;
  ClosedFolder& operator=(const ClosedFolder&) = delete;

 private:
  Path folder_;
};

std::vector<std::string> sorted_names(const Path& folder) {
  auto names = names_in(folder).value_or(std::vector<std::string>());
  std::sort(names.begin(), names.end());
  return names;
}

mode_t mode_of(const Path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 07777U;
}

TEST(Files, AReplacementIsTheWholeTextAndLeavesNothingBeside) {
  const TempFolder folder;
  ASSERT_TRUE(replace_durably(folder / "a", "one"));
  EXPECT_EQ(folder.read("a"), "one");
  EXPECT_EQ(mode_of(folder / "a"), 0600U);
  ASSERT_TRUE(replace_durably(folder / "a", "", {.mode = 0644}));
  EXPECT_EQ(folder.read("a"), "");
  EXPECT_EQ(mode_of(folder / "a"), 0644U);
  EXPECT_EQ(sorted_names(folder.path()), std::vector<std::string>{"a"});
}

TEST(Files, AReplacementTakesNothingOverFromWhatAKilledRunHasLeft) {
  const TempFolder folder;
  folder.write("other", "is not ours");
  fs::create_hard_link(folder / "other", folder / "a.new");
  fs::permissions(folder / "other", fs::perms(0666));
  ASSERT_TRUE(replace_durably(folder / "a", "text"));
  EXPECT_EQ(folder.read("a"), "text");
  EXPECT_EQ(folder.read("other"), "is not ours");
  EXPECT_EQ(mode_of(folder / "a"), 0600U);
}

TEST(Files, ALinkIsItselfReplaced) {
  const TempFolder folder;
  folder.write("target", "stays");
  fs::create_symlink(folder / "target", folder / "a");
  ASSERT_TRUE(replace_durably(folder / "a", "text"));
  EXPECT_FALSE(fs::is_symlink(folder / "a"));
  EXPECT_EQ(folder.read("target"), "stays");
}

TEST(Files, TheOldFileStaysWhenTheDiskIsFull) {
  const TempFolder folder;
  folder.write("a", "old");
  {
    const SmallDisk disk(1000);
    const Status replaced = replace_durably(folder / "a", std::string(1001, 'x'));
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, Errc::kFull) << replaced.error().message();
  }
  EXPECT_EQ(folder.read("a"), "old");
  EXPECT_EQ(sorted_names(folder.path()), std::vector<std::string>{"a"});
}

TEST(Files, TheOldFileStaysWhenTheFolderTakesNoNames) {
  const TempFolder folder;
  folder.write("a", "old");
  {
    const ClosedFolder closed(folder.path());
    const Status replaced = replace_durably(folder / "a", "new");
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, Errc::kAuth) << replaced.error().message();
    EXPECT_EQ(as_io(replaced).error().code, Errc::kIo);
  }
  EXPECT_EQ(folder.read("a"), "old");
}

TEST(Files, WhatCannotBeReplacedIsLeftAlone) {
  const TempFolder folder;
  EXPECT_EQ(replace_durably(folder / "missing" / "a", "text").error().code, Errc::kNotFound);
  fs::create_directories(folder / "a" / "inner");
  ASSERT_FALSE(replace_durably(folder / "a", "text"));
  EXPECT_TRUE(fs::exists(folder / "a" / "inner"));
  EXPECT_EQ(sorted_names(folder.path()), std::vector<std::string>{"a"});
}

TEST(Files, AFileIsReadWholeOrUpToABound) {
  const TempFolder folder;
  for (const std::size_t bytes : {0U, 1U, 4095U, 4096U, 4097U, 20'000U}) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i % 251);
    folder.write("a", text);
    for (const std::size_t most : {std::size_t{1}, std::size_t{4096}, bytes + 1}) {
      const auto read = read_file(folder / "a", most);
      ASSERT_TRUE(read);
      EXPECT_EQ(*read, text.substr(0, most)) << bytes << " octets, at most " << most;
    }
  }
}

TEST(Files, ReadingNamesTheFileAndTheReason) {
  const TempFolder folder;
  const auto missing = read_file(folder / "missing", 10);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_EQ(missing.error().detail, (folder / "missing").string() + ": No such file or directory");
  const auto above = read_file(folder.path(), 10);
  EXPECT_EQ(above.error().code, Errc::kIo);
  EXPECT_EQ(above.error().detail, folder.path().string() + ": Is a directory");
}

TEST(Files, ASecretIsReadFromAFileOfItsOwnerAlone) {
  const TempFolder folder;
  folder.write("a", "secret");
  const auto read = [&] {
    const auto file = open_file(folder / "a", O_RDONLY);
    EXPECT_TRUE(file);
    return read_private(*file, 100, "the key");
  };
  fs::permissions(folder / "a", fs::perms(0600));
  EXPECT_EQ(read()->view(), "secret");
  fs::permissions(folder / "a", fs::perms(0640));
  EXPECT_EQ(read().error().code, Errc::kAuth);
  EXPECT_EQ(read().error().detail, "the key: others may use it; chmod 600 it");
  const auto device = open_file("/dev/null", O_RDONLY);
  EXPECT_EQ(read_private(*device, 100, "the key").error().code, Errc::kIo);
}

TEST(Files, AFullDeviceIsFull) {
  const auto full = open_file("/dev/full", O_WRONLY);
  ASSERT_TRUE(full);
  const Status written = write_all(*full, "text", "/dev/full");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::kFull);
  EXPECT_EQ(written.error().detail, "/dev/full: write: No space left on device");
}

TEST(Files, ALockIsOfOneOpenFile) {
  const TempFolder folder;
  const Path path = folder / "a";
  auto first = *open_file(path, O_RDWR | O_CREAT);
  const auto second = *open_file(path, O_RDWR);
  ASSERT_TRUE(lock_whole(first, WhenLocked::kFail, path));
  EXPECT_TRUE(lock_whole(first, WhenLocked::kFail, path));
  EXPECT_EQ(lock_whole(second, WhenLocked::kFail, path).error().code, Errc::kBusy);
  first.reset();
  EXPECT_TRUE(lock_whole(second, WhenLocked::kWait, path));
}

TEST(Files, FoldersAreMadeWithThoseAboveThem) {
  const TempFolder folder;
  ASSERT_TRUE(make_folders(folder / "a/b/c"));
  ASSERT_TRUE(make_folders(folder / "a/b/c"));
  EXPECT_EQ(mode_of(folder / "a/b"), 0700U);
  folder.write("file", "");
  EXPECT_EQ(make_folders(folder / "file").error().code, Errc::kNotFound);
  EXPECT_EQ(make_folders(folder / "file/a").error().code, Errc::kNotFound);
}

TEST(Files, NamesAreVisitedUntilItIsEnough) {
  const TempFolder folder;
  for (const char* const name : {"a", "b", "c"}) folder.write(name, "");
  EXPECT_EQ(sorted_names(folder.path()), (std::vector<std::string>{"a", "b", "c"}));
  int visited = 0;
  ASSERT_TRUE(visit_names(folder.path(), [&](std::string_view) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
  EXPECT_EQ(names_in(folder / "missing").error().code, Errc::kNotFound);
}

TEST(Files, WhatIsGoneNeedsNoRemoval) {
  const TempFolder folder;
  folder.write("a", "");
  ASSERT_TRUE(remove_file(folder / "a"));
  ASSERT_TRUE(remove_file(folder / "a"));
  EXPECT_FALSE(remove_file(folder.path()));
  EXPECT_EQ(rename_file(folder / "a", folder / "b").error().code, Errc::kNotFound);
  EXPECT_EQ(folder_of("bare"), ".");
  EXPECT_EQ(folder_of("a/b"), "a");
}

}  // namespace
}  // namespace restante::files
