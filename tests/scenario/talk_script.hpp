#pragma once
// Transcripts of talks (tests/scenario/sync/*.txt): what people and disks do, and the minutes of what was said.
//
//   # what the story is                     kept as it stands
//   > hub has district 5                    a command
//     20 ms  laptop -> hub: Hello ...       what followed from it, in order; written by the program
//
// Commands:
//   SITE has JOURNAL N [spoiled K]   the first N entries, a signed head for each; entry K's private part is another one
//   fork JOURNAL N                   JOURNAL* is a copy with N entries that goes its own way
//   SITE writes JOURNAL N            N new entries, durable, while any link stays up
//   SITE damages JOURNAL K           entry K's bytes are lost on that disk
//   SITE backs up / SITE is restored the disk as it was; without a backup an empty one
//   hub writes receipts              from now on, an entry in `body` for what devices send
//   hub revokes                      no device is admitted from now on
//   link [LAPTOP]                    a new link, until all is quiet
//   wait N s / cut / SITE leaves
//   apart                            at the end the two sides do not hold the same

#include "tests/support/session_pair.hpp"

#include <set>
#include <string>
#include <vector>

namespace cunzheng::test {

struct TalkScript {
  std::vector<std::string> lines;  // commands and comments, without the minutes
  bool ends_apart = false;
};

TalkScript read_script(const std::string& text);

struct Played {
  std::string text;               // the transcript as it came out
  std::set<std::string> laptops;  // that had links
};

// Runs the script in `world`. Events under way go on between commands only as far as the commands say.
Played play(const TalkScript& script, SyncWorld& world);

}  // namespace cunzheng::test
