using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>The lines of a text file. A byte order mark is skipped; a line end is a line feed.</summary>
internal sealed class LineReader(InputFile input)
{
    private const int MaximumLineBytes = 1 << 28;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    /// <summary>The number of the last line read, counted from 1 as editors do.</summary>
    public long Number { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its line feed; valid until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        if (Number == 0 && input.Peek(3).SequenceEqual((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            input.ReadExactly(_buffer.AsSpan(0, 3), "byte order mark");
        }

        int searched = 0;
        while (true)
        {
            int feed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                line = _buffer.AsSpan(_start, searched + feed);
                _start += searched + feed + 1;
                Number++;
                return true;
            }

            searched = _end - _start;
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, searched);
                _start = _end;
                Number++;
                return searched > 0;
            }
        }
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaximumLineBytes)
            {
                Throw.Input(input.Path, $"lines of at most {MaximumLineBytes} bytes", "a longer one", $"line {Number + 1}");
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int count = input.Read(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }
}
