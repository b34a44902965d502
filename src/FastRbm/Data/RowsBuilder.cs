using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>
/// Collects rows in the smallest storage that holds them: bits while all values are 0 and the unit, then bytes, then floats.
/// </summary>
/// <remarks>
/// Memory grows with the rows that have arrived, never with what a header announces, and ends at exactly the announced size.
/// </remarks>
internal sealed class RowsBuilder
{
    private const int FirstElements = 1 << 16;

    private readonly string _source;
    private readonly int _columns;
    private readonly int _expectedRows;
    private readonly double _divisor;
    private readonly byte _byteUnit;
    private readonly bool _bytesAllowed;
    private readonly byte[] _scratch;

    private byte[]? _observed;
    private int _observedRows;
    private byte[]? _bits = [];
    private byte[]? _bytes;
    private float[]? _floats;

    /// <summary>Starts with no rows.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="expectedRows">How many rows will come; int.MaxValue if unknown.</param>
    /// <param name="divisor">What a grey value is divided by.</param>
    /// <param name="unit">The value before division that a bit stands for: 1 in files of bytes, else the divisor.</param>
    public RowsBuilder(string source, int columns, int expectedRows, double divisor, double unit)
    {
        _source = source;
        _columns = columns;
        _expectedRows = expectedRows;
        _divisor = divisor;
        _bytesAllowed = divisor is >= 1 and <= 255 && divisor == Math.Floor(divisor);
        _byteUnit = _bytesAllowed ? (byte)unit : (byte)1;
        _scratch = new byte[columns];
    }

    /// <summary>The number of rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Adds a row of bytes.</summary>
    public void Append(ReadOnlySpan<byte> row)
    {
        if (_bits is not null && row.IndexOfAnyExcept((byte)0, _byteUnit) >= 0)
        {
            BitsToBytes();
        }

        if (_bits is not null)
        {
            int rowBytes = BitDataset.BytesFor(_columns);
            BitDataset.Pack(row, NextRow(ref _bits, rowBytes));
        }
        else
        {
            row.CopyTo(NextRow(ref _bytes!, _columns));
        }

        Rows++;
    }

    /// <summary>Whether a number may be NaN, and is then missing.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>Whether any finite numbers may come, which are kept as they are.</summary>
    public bool AnyNumbers { get; init; }

    /// <summary>Adds a row of numbers, each of which must be from 0 to the divisor.</summary>
    /// <param name="row">The numbers before division; missing ones are replaced by 0.</param>
    /// <param name="line">The line of a text file, for messages.</param>
    public void Append(Span<double> row, long? line = null)
    {
        if (AllowMissing)
        {
            NoteMissing(row);
        }

        if (AnyNumbers)
        {
            AppendAny(row, line);
            return;
        }

        bool bits = _bits is not null;
        bool bytes = _floats is null && _bytesAllowed;
        for (int column = 0; column < row.Length; column++)
        {
            double value = row[column];
            if (!(value >= 0 && value <= _divisor))
            {
                string missing = double.IsNaN(value) ? " (--missing says what becomes of missing values)" : string.Empty;
                Throw.Input(
                    _source,
                    string.Create(CultureInfo.InvariantCulture, $"a number from 0 to {_divisor}{missing}"),
                    value.ToString(CultureInfo.InvariantCulture),
                    $"row {Rows}, column {column}" + (line is null ? string.Empty : $" (line {line})"));
            }

            bits &= value == 0 || value == _divisor;
            bytes &= value == Math.Floor(value);
        }

        if (bits || bytes)
        {
            for (int column = 0; column < row.Length; column++)
            {
                _scratch[column] = bits ? (row[column] == 0 ? (byte)0 : _byteUnit) : (byte)row[column];
            }

            Append(_scratch);
            return;
        }

        ToFloats();
        Span<float> destination = NextRow(ref _floats!, _columns);
        for (int column = 0; column < row.Length; column++)
        {
            destination[column] = (float)(row[column] / _divisor);
        }

        Rows++;
    }

    /// <summary>Makes the data set: binary if all values are 0 or 1, however they arrived.</summary>
    public Dataset Build(string name, ImageShape? shape, ReadOnlySpan<byte> labels)
    {
        if (Rows == 0)
        {
            Throw.Input(_source, "at least 1 row", "none");
        }

        if (_observed is not null)
        {
            ObserveTo(Rows);
            Array.Resize(ref _observed, Rows * BitDataset.BytesFor(_columns));
        }

        if (AnyNumbers)
        {
            Array.Resize(ref _floats, Rows * _columns);
            return new RealDataset(name, Rows, _columns, _floats!, shape, labels, _observed);
        }

        if (_bits is not null)
        {
            Array.Resize(ref _bits, Rows * BitDataset.BytesFor(_columns));
            return new BitDataset(name, Rows, _columns, _bits, shape, labels, _observed);
        }

        GreyDataset grey;
        if (_bytes is not null)
        {
            Array.Resize(ref _bytes, Rows * _columns);
            grey = new GreyDataset(name, Rows, _columns, _bytes, (int)_divisor, shape, labels, _observed);
        }
        else
        {
            Array.Resize(ref _floats, Rows * _columns);
            grey = new GreyDataset(name, Rows, _columns, _floats!, shape, labels, _observed);
        }

        return grey.IsBinary ? grey.Threshold() : grey;
    }

    private void AppendAny(ReadOnlySpan<double> row, long? line)
    {
        _bits = null;
        _floats ??= [];
        Span<float> destination = NextRow(ref _floats, _columns);
        for (int column = 0; column < row.Length; column++)
        {
            destination[column] = (float)row[column];
            if (!float.IsFinite(destination[column]))
            {
                string missing = double.IsNaN(row[column]) ? " (--missing says what becomes of missing values)" : string.Empty;
                Throw.Input(
                    _source, $"a finite number{missing}", row[column].ToString(CultureInfo.InvariantCulture),
                    $"row {Rows}, column {column}" + (line is null ? string.Empty : $" (line {line})"));
            }
        }

        Rows++;
    }

    /// <summary>Notes which numbers of the next row are missing.</summary>
    private void NoteMissing(Span<double> row)
    {
        for (int column = 0; column < row.Length; column++)
        {
            if (!double.IsNaN(row[column]))
            {
                continue;
            }

            row[column] = 0;
            ObserveTo(Rows + 1);
            int rowBytes = BitDataset.BytesFor(_columns);
            _observed![(Rows * rowBytes) + (column >> 3)] &= (byte)~(1 << (column & 7));
        }
    }

    /// <summary>Notes that all values are observed of rows that nothing was noted of so far.</summary>
    private void ObserveTo(int rows)
    {
        int rowBytes = BitDataset.BytesFor(_columns);
        _observed ??= [];
        while (_observedRows < rows)
        {
            int present = Rows;
            Rows = _observedRows++;
            Span<byte> observed = NextRow(ref _observed, rowBytes);
            Rows = present;
            observed.Fill(byte.MaxValue);
            observed[^1] = (byte)(byte.MaxValue >> ((8 * rowBytes) - _columns));
        }
    }

    private void BitsToBytes()
    {
        byte[] bits = _bits!;
        _bits = null;
        _bytes = [];
        int rowBytes = BitDataset.BytesFor(_columns);
        int rows = Rows;
        for (Rows = 0; Rows < rows; Rows++)
        {
            Span<byte> row = NextRow(ref _bytes, _columns);
            for (int column = 0; column < row.Length; column++)
            {
                bool isOn = ((bits[(Rows * rowBytes) + (column >> 3)] >> (column & 7)) & 1) != 0;
                row[column] = isOn ? _byteUnit : (byte)0;
            }
        }
    }

    private void ToFloats()
    {
        if (_floats is not null)
        {
            return;
        }

        // When the divisor doesn't fit a byte, the bytes are bits and stand for 0 and 1.
        double divisor = _bytesAllowed ? _divisor : 1;
        if (_bits is not null)
        {
            BitsToBytes();
        }

        byte[] bytes = _bytes!;
        _bytes = null;
        _floats = [];
        int rows = Rows;
        for (Rows = 0; Rows < rows; Rows++)
        {
            Span<float> row = NextRow(ref _floats, _columns);
            for (int column = 0; column < row.Length; column++)
            {
                row[column] = (float)(bytes[(Rows * _columns) + column] / divisor);
            }
        }
    }

    private Span<T> NextRow<T>(ref T[] storage, int rowLength)
    {
        long start = (long)Rows * rowLength;
        long needed = start + rowLength;
        if (needed > storage.Length)
        {
            if (needed > Array.MaxLength)
            {
                Throw.Input(_source, $"at most {Array.MaxLength} stored elements", "more", $"row {Rows}");
            }

            long most = Math.Min((long)_expectedRows * rowLength, Array.MaxLength);
            Array.Resize(ref storage, (int)Math.Max(needed, Math.Min(most, Math.Max(FirstElements, 2L * storage.Length))));
        }

        return storage.AsSpan((int)start, rowLength);
    }
}
