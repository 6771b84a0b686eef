// Keys at rest: what opens them, what does not, and what a crash may leave.

#include "sync/program/key_file.hpp"

#include "shared/crypto/hash.hpp"
#include "sync/program/files.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/stat.h>

#include <fstream>

namespace cunzheng::program {
namespace {

using test::SeededRandom;
using test::TempFolder;

Passphrase phrase(std::string_view text) {
  auto passphrase = Passphrase::from_text(text);
  if (!passphrase) ADD_FAILURE() << passphrase.error().what.en;
  return *std::move(passphrase);
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 0777;
}

// A key file with a cheap slot: what is asked here is not what a guess costs.
KeyFile cheap_file(const crypto::SymmetricKey& data_key, const Passphrase& passphrase, Random& random) {
  auto slot = crypto::make_slot("store", passphrase.text(), data_key.secret(), crypto::Argon2Cost::for_tests(), random);
  KeyFile file;
  file.label = "v1 A";
  file.slots.push_back(slot.value());
  return file;
}

// Shows that the data key comes back by the right passphrase alone, and a sealed secret by that key alone.
TEST(KeyFile, OpensByItsPassphraseOnly) {
  SeededRandom random(1);
  const TempFolder folder;
  const auto data_key = crypto::SymmetricKey::draw(random);
  auto file = cheap_file(data_key, phrase("eight words are long enough"), random);
  crypto::Wiped<32> seed;
  random.fill(seed.bytes());
  keep_secret(file, "device/1", seed, data_key, random);
  ASSERT_TRUE(write_key_file(folder.path(), file));
  EXPECT_EQ(mode_of(folder.path() / key_file_name), 0600U);

  const auto read = read_key_file(folder.path());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, file);
  const auto opened = unlock(*read, phrase("eight words are long enough"));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(equal(opened->bytes(), data_key.bytes()));
  const auto secret = secret_of(*read, "device/1", *opened);
  ASSERT_TRUE(secret);
  EXPECT_TRUE(equal(secret->bytes(), seed.bytes()));

  EXPECT_EQ(unlock(*read, phrase("eight words are long enougk")).error().code, FailureCode::refused);
  EXPECT_EQ(secret_of(*read, "device/2", *opened).error().code, FailureCode::not_found);
  EXPECT_FALSE(secret_of(*read, "device/1", crypto::SymmetricKey::draw(random)));
}

// Shows that a sealed secret cannot be given another secret's name.
TEST(KeyFile, SecretsStayUnderTheirName) {
  SeededRandom random(2);
  const auto data_key = crypto::SymmetricKey::draw(random);
  KeyFile file;
  crypto::Wiped<32> seed;
  random.fill(seed.bytes());
  keep_secret(file, "device/1", seed, data_key, random);
  file.secrets["device/2"] = file.secrets["device/1"];
  EXPECT_TRUE(secret_of(file, "device/1", data_key));
  EXPECT_FALSE(secret_of(file, "device/2", data_key));
}

// Shows that every damaged byte of the file is noticed: it does not open to another key.
TEST(KeyFile, DamageIsNoticed) {
  SeededRandom random(3);
  const TempFolder folder;
  const auto data_key = crypto::SymmetricKey::draw(random);
  ASSERT_TRUE(write_key_file(folder.path(), cheap_file(data_key, phrase("eight words are long enough"), random)));
  const auto whole = read_file(folder.path() / key_file_name, 1U << 16).value();
  // The first bytes hold format, label and counts; the slot's cost and salt come next, then the wrapped key.
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    auto damaged = whole;
    damaged[at] ^= 0x10;
    ASSERT_TRUE(write_file(folder.path() / key_file_name, damaged));
    const auto read = read_key_file(folder.path());
    if (!read || read->slots.empty() || read->slots.front().memory_kib > 1024) continue;  // told apart before any work
    const auto opened = unlock(*read, phrase("eight words are long enough"));
    EXPECT_TRUE(!opened || equal(opened->bytes(), data_key.bytes())) << at;
  }
}

// Shows that a slot made for a person is never cheaper than the floor, and that a weak passphrase gets none.
TEST(KeyFile, OwnSlotsCostAtLeastTheFloor) {
  SeededRandom random(4);
  const auto secret = crypto::SymmetricKey::draw(random);
  const auto slot = make_own_slot("store", phrase("eight words are long enough"), secret.secret(), random);
  ASSERT_TRUE(slot);
  EXPECT_GE(slot->memory_kib, crypto::Argon2Cost::floor().memory_kib());
  EXPECT_GE(slot->passes, crypto::Argon2Cost::floor().passes());
  const auto weak = make_own_slot("store", phrase("short"), secret.secret(), random);
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().field, "passphrase");
}

// Shows that an officer's key is opened by the officer's passphrase, is written once, and that a file in which another
// public key was put is refused.
TEST(OfficerFile, OpensForItsOfficer) {
  SeededRandom random(5);
  const TempFolder folder;
  const auto pair = crypto::make_key_pair(random);
  const OfficerFile officer{pair.public_key,
                            crypto::make_slot("officer", "eight words are long enough", pair.secret.seed(),
                                              crypto::Argon2Cost::for_tests(), random)
                                .value()};
  const auto id = officer_id(pair.public_key);
  ASSERT_TRUE(write_officer(folder.path(), officer));
  EXPECT_EQ(write_officer(folder.path(), officer).error().code, FailureCode::conflict);
  EXPECT_EQ(mode_of(folder.path() / officer_folder_name), 0700U);
  EXPECT_EQ(officers_in(folder.path()).value(), std::vector{id});

  auto read = read_officer(folder.path(), id);
  ASSERT_TRUE(read);
  EXPECT_EQ(open_officer(*read, phrase("eight words are long enough")).value().public_key, pair.public_key);
  EXPECT_EQ(open_officer(*read, phrase("nine words are long enough")).error().code, FailureCode::refused);
  read->key = crypto::make_key_pair(random).public_key;
  EXPECT_EQ(open_officer(*read, phrase("eight words are long enough")).error().code, FailureCode::unreadable);
  EXPECT_EQ(read_officer(folder.path(), officer_id(read->key)).error().code, FailureCode::not_found);
}

// Shows that the hub's key file is made once, read back, and not used when others could have read it.
TEST(MachineKey, IsMadeOnceAndKeptPrivate) {
  SeededRandom random(6);
  const TempFolder folder;
  const auto file = folder.path() / "machine.key";
  const auto made = create_machine_key(file, random);
  ASSERT_TRUE(made);
  EXPECT_EQ(create_machine_key(file, random).error().code, FailureCode::conflict);
  EXPECT_TRUE(equal(read_machine_key(file).value().bytes(), made->bytes()));
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(read_machine_key(file).error().code, FailureCode::refused);
}

// Shows that a passphrase is the first line of its file, whatever ends the line, and that an empty one is refused.
// A pipe or a device in the place of a file would hold the program up for ever.
TEST(Files, OnlyRegularOnesAreRead) {
  const test::TempFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_file(pipe, 100).error().code, FailureCode::unreadable);
  EXPECT_EQ(read_file("/dev/zero", 100).error().code, FailureCode::unreadable);
  EXPECT_EQ(read_file(folder.path(), 100).error().code, FailureCode::unreadable);
}

TEST(Passphrase, IsTheFirstLine) {
  const TempFolder folder;
  const auto file = folder.path() / "phrase";
  const auto read = [&](std::string_view content) {
    std::ofstream(file, std::ios::binary) << content;
    return Passphrase::from_file(file);
  };
  EXPECT_EQ(read("one line\nanother\n").value().text(), "one line");
  EXPECT_EQ(read("from a Windows editor\r\n").value().text(), "from a Windows editor");
  EXPECT_EQ(read("no line end").value().text(), "no line end");
  EXPECT_EQ(read("\n").error().field, "passphrase");
  EXPECT_EQ(Passphrase::from_file(folder.path() / "none").error().code, FailureCode::not_found);
}

}  // namespace
}  // namespace cunzheng::program
