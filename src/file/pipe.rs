//! Opening what may be a pipe, without waiting for ever for somebody to write into it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use zeroize::Zeroizing;

/// How long a writer may take to come. One that is there may take as long as it likes.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// A file, and what was read of it already.
pub(super) struct Opened {
    pub file: File,
    pub begun: Zeroizing<Vec<u8>>,
}

/// Opens a file for reading. A pipe into which nobody writes is an error after a moment.
pub(super) fn open(path: &Path) -> io::Result<Opened> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let mut begun = Zeroizing::new(Vec::new());
    if file.metadata()?.file_type().is_fifo() {
        begun = first_bytes(&file)?;
    }
    let flags = fcntl_getfl(&file)?;
    fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
    Ok(Opened { file, begun })
}

/// What the writer of a pipe has written, as soon as there is a writer.
fn first_bytes(file: &File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; 4096]);
    let end = Instant::now() + PATIENCE;
    loop {
        match rustix::io::read(file, &mut bytes[..]) {
            Err(Errno::AGAIN) => bytes.clear(),
            // Without a writer, a pipe is at its end.
            Ok(0) if Instant::now() < end => {
                std::thread::sleep(PAUSE);
                continue;
            }
            Ok(0) => return Err(io::Error::new(io::ErrorKind::TimedOut, "nobody writes into this pipe")),
            Ok(read) => bytes.truncate(read),
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        return Ok(bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::read;
    use super::*;

    fn fifo(folder: &tempfile::TempDir) -> std::path::PathBuf {
        let path = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, mode).expect("a pipe");
        path
    }

    #[test]
    fn a_pipe_without_a_writer_is_an_error_and_one_with_a_slow_writer_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = fifo(&folder);
        let error = read(&path, 100).expect_err("nobody writes");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let writing = path.clone();
        let writer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            let mut file = OpenOptions::new().write(true).open(writing).expect("a reader is there");
            std::thread::sleep(Duration::from_millis(100));
            file.write_all(b"K=").expect("written");
            std::thread::sleep(Duration::from_millis(100));
            file.write_all(b"1\n").expect("written");
        });
        assert_eq!(read(&path, 100).expect("read").as_slice(), b"K=1\n");
        writer.join().expect("it ends");
    }
}
