#pragma once
// What both programs do first: their memory holds keys and people's data.

namespace cunzheng::program {

// Files are made for their owner only, a crash leaves no memory image, the crypto library works, and standard input is
// read with a buffer of its own. Once, before any thread.
void guard_process();

}  // namespace cunzheng::program
