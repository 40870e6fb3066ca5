#include "files/errors.h"

#include <gtest/gtest.h>

namespace restante::files {
namespace {

TEST(Errors, EachKindOfErrnoHasItsCode) {
  const std::pair<int, Errc> cases[] = {{ENOENT, Errc::kNotFound}, {ENOTDIR, Errc::kNotFound},
                                        {EEXIST, Errc::kExists},   {ENOSPC, Errc::kFull},
                                        {EDQUOT, Errc::kFull},     {EFBIG, Errc::kFull},
                                        {EAGAIN, Errc::kBusy},     {ETXTBSY, Errc::kBusy},
                                        {EACCES, Errc::kAuth},     {EPERM, Errc::kAuth},
                                        {EROFS, Errc::kAuth},      {EIO, Errc::kIo},
                                        {EMFILE, Errc::kIo},       {0, Errc::kIo}};
  for (const auto& [number, code] : cases) EXPECT_EQ(code_of(number), code) << reason_of(number);
}

TEST(Errors, ASystemErrorNamesThePathAndTheCall) {
  errno = EACCES;
  const Error error = system_error("open", "/a/b");
  EXPECT_EQ(error.code, Errc::kAuth);
  EXPECT_EQ(error.detail, "/a/b: open: Permission denied");
}

TEST(Errors, AnIoErrorTellsAFullDiskAndNothingElseApart) {
  errno = ENOSPC;
  EXPECT_EQ(io_error("spool").code, Errc::kFull);
  EXPECT_EQ(io_error("spool").detail, "spool: No space left on device");
  // A session would take these for words about a password.
  EXPECT_EQ(io_error("spool", EACCES).code, Errc::kIo);
  EXPECT_EQ(io_error("spool", ENOENT).code, Errc::kIo);
  EXPECT_EQ(as_io(Error(Errc::kFull, "a")).code, Errc::kFull);
  EXPECT_EQ(as_io(Error(Errc::kAuth, "a")).code, Errc::kIo);
  EXPECT_EQ(as_io(Error(Errc::kAuth, "a")).detail, "a");
  EXPECT_TRUE(as_io(ok()));
}

}  // namespace
}  // namespace restante::files
