using System.Globalization;
using System.Text;
using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>The header of a .npy file: a Python dictionary with exactly the keys descr, fortran_order and shape.</summary>
/// <remarks>
/// Source: NumPy Enhancement Proposal 1 and numpy.lib.format. A strict reader of that one dictionary, not of Python.
/// </remarks>
internal sealed class NpyHeader
{
    private readonly string _source;
    private readonly string _text;
    private readonly int _origin;
    private int _at;

    private NpyHeader(string source, ReadOnlySpan<byte> text, int origin)
    {
        _source = source;
        _text = Encoding.Latin1.GetString(text);
        _origin = origin;
    }

    /// <summary>How numbers are stored.</summary>
    public NpyElement Element { get; private set; }

    /// <summary>The sizes of the dimensions.</summary>
    public IReadOnlyList<int> Shape { get; private set; } = [];

    /// <summary>Reads a header.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="text">The dictionary.</param>
    /// <param name="origin">The byte of the file at which it starts.</param>
    public static NpyHeader Parse(string source, ReadOnlySpan<byte> text, int origin)
    {
        var header = new NpyHeader(source, text, origin);
        header.ReadDictionary();
        return header;
    }

    private void ReadDictionary()
    {
        string? descr = null;
        bool? fortran = null;
        List<int>? shape = null;
        Expect('{');
        while (!Accept('}'))
        {
            int keyAt = _at;
            string key = ReadString("a key");
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null:
                    descr = Next() == '[' ? Wrong<string>("a plain number type", "a structured type") : ReadString("a type");
                    break;
                case "fortran_order" when fortran is null:
                    fortran = ReadBoolean();
                    break;
                case "shape" when shape is null:
                    shape = ReadShape();
                    break;
                default:
                    _at = keyAt;
                    Wrong<int>("each of the keys descr, fortran_order and shape once", $"'{key}'");
                    break;
            }

            if (!Accept(','))
            {
                Expect('}');
                break;
            }
        }

        if (Next() != '\0' || _at < _text.Length)
        {
            Wrong<int>("the end of the header", "more text");
        }

        if (descr is null || fortran is null || shape is null)
        {
            Throw.Input(_source, "the keys descr, fortran_order and shape in the .npy header", "fewer");
        }

        if (fortran.Value)
        {
            Throw.Input(_source, "row-major values (fortran_order False; numpy.ascontiguousarray makes them so)", "fortran_order True");
        }

        Element = descr switch
        {
            "|u1" or "<u1" or ">u1" => new NpyElement('u', 1, false),
            "|b1" => new NpyElement('b', 1, false),
            "<f4" => new NpyElement('f', 4, false),
            ">f4" => new NpyElement('f', 4, true),
            "<f8" => new NpyElement('f', 8, false),
            ">f8" => new NpyElement('f', 8, true),
            _ => Wrong<NpyElement>("type |u1, |b1, <f4, >f4, <f8 or >f8", $"'{Printable(descr)}'"),
        };
        Shape = shape;
    }

    private List<int> ReadShape()
    {
        List<int> sizes = [];
        Expect('(');
        while (!Accept(')'))
        {
            Next();
            int start = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                _at++;
            }

            ReadOnlySpan<char> digits = _text.AsSpan(start, _at - start);
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 1)
            {
                _at = start;
                Wrong<int>($"a size from 1 to {int.MaxValue}", Here());
            }

            sizes.Add(size);
            if (!Accept(','))
            {
                Expect(')');
                break;
            }
        }

        if (sizes.Count is not (2 or 3))
        {
            Throw.Input(_source, "2 dimensions (rows x columns) or 3 (rows x height x width)", $"{sizes.Count}");
        }

        return sizes;
    }

    private bool ReadBoolean()
    {
        Next();
        foreach ((string word, bool value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
        {
            if (_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return value;
            }
        }

        return Wrong<bool>("True or False", Here());
    }

    private string ReadString(string meaning)
    {
        char quote = Next();
        if (quote is not ('\'' or '"'))
        {
            Wrong<int>($"{meaning} in quotes", Here());
        }

        int end = _text.IndexOf(quote, _at + 1);
        if (end < 0)
        {
            Wrong<int>($"{meaning} in quotes", "no closing quote");
        }

        string value = _text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    /// <summary>Skips white space and looks at the next character; NUL at the end.</summary>
    private char Next()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : '\0';
    }

    private bool Accept(char wanted)
    {
        if (Next() != wanted || _at >= _text.Length)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char wanted)
    {
        if (!Accept(wanted))
        {
            Wrong<int>($"'{wanted}' in the .npy header", Here());
        }
    }

    private string Here() => _at < _text.Length ? $"'{Printable(_text[_at..])}'" : "its end";

    private T Wrong<T>(string expected, string found)
    {
        Throw.Input(_source, expected, found, $"byte {_origin + _at}");
        return default!;
    }

    private static string Printable(string text) => FoundText.Show(Encoding.Latin1.GetBytes(text));
}
