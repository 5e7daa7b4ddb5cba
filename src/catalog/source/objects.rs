//! The dialogue with `git cat-file --batch`, which gives the contents of many objects from one process.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::Child;

use anyhow::{Context as _, Result, bail};

/// Asks `git cat-file --batch` for each object.
pub(super) fn talk(child: &mut Child, objects: &[&str], most: u64) -> Result<Vec<Vec<u8>>> {
    let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut input), Some(output), Some(mut errors)) = streams else { bail!("can't talk to git cat-file") };
    // Input, output and errors are handled at the same time. Otherwise a full pipe would block both processes.
    std::thread::scope(|scope| {
        let asking = objects.join("\n") + "\n";
        // If `git` ends before it has read all input, the missing answers show it, so an error here is ignored.
        scope.spawn(move || input.write_all(asking.as_bytes()));
        let said = scope.spawn(move || {
            let mut said = String::new();
            let _ = errors.read_to_string(&mut said);
            said
        });
        let mut output = BufReader::new(output);
        let contents: Result<Vec<_>> = objects.iter().map(|object| next_object(&mut output, object, most)).collect();
        drop(output);
        contents.map_err(|error| {
            let said = said.join().unwrap_or_default();
            if said.trim().is_empty() {
                error
            } else {
                error.context(format!("git cat-file said: {}", shown(said.trim())))
            }
        })
    })
}

/// Reads one answer: `OBJECT TYPE SIZE`, the content, a line break.
fn next_object(output: &mut impl BufRead, object: &str, most: u64) -> Result<Vec<u8>> {
    let reading = || format!("can't read the object {object} from git");
    let mut head = String::new();
    output.read_line(&mut head).with_context(reading)?;
    let answer = head.trim_end().strip_prefix(object).with_context(reading)?;
    if answer == " missing" {
        return Err(left_out(object));
    }
    let size: Option<u64> = answer.rsplit(' ').next().and_then(|size| size.parse().ok());
    let size = size.filter(|size| *size <= most).with_context(reading)?;
    let mut content = Vec::new();
    output.take(size + 1).read_to_end(&mut content).with_context(reading)?;
    // A missing line break means that the answer was cut off.
    content.pop().filter(|_| content.len() as u64 == size).with_context(reading)?;
    Ok(content)
}

/// The error for an object that a partial clone left out.
pub(super) fn left_out(object: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "the object {object} is not in this clone, which leaves file contents out: clone without a filter; in GitHub \
         Actions give actions/checkout no `filter`"
    )
}

/// The output of a program on one line, without control characters.
pub(super) fn shown(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines.join("; ").chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
