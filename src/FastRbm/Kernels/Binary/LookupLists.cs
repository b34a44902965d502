using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// Which of the 16 sums of four weight rows each row of states adds: one addition for each group of four source units that isn't
/// all off. The tables of these sums cost the same for one row as for hundreds, so that this pays for large batches of states that are
/// not very sparse (the method of the Four Russians).
/// </summary>
internal unsafe struct LookupLists
{
    /// <summary>Rows of a block: what the tables are shared by.</summary>
    public const int Rows = 512;

    /// <summary>Groups of a segment: their tables, 4 kB a group, stay in the second-level cache while all rows of a block pass over them.</summary>
    public const int SegmentGroups = 128;

    /// <summary>The fewest rows that tables can pay for.</summary>
    private const int FewestRows = 48;

    /// <summary>What the table of a group costs, in eighths of an addition of a weight row.</summary>
    private const int CostOfTable = 240;

    /// <summary>
    /// What an entry costs, in the same: entries come from the second-level cache, weight rows from the first, which wide vectors
    /// feel more.
    /// </summary>
    private const int CostOfEntry = 9;

    /// <summary>The same with 512-bit vectors.</summary>
    private const int CostOfWideEntry = 11;

    /// <summary>Words of a segment.</summary>
    private const int SegmentWords = SegmentGroups / 16;

    /// <summary>Entries that <see cref="List"/> may write past the last one.</summary>
    private const int Slack = 4;

    private int _stride;
    private int* _ends;
    private ushort* _entries;

    /// <summary>Segments of each row.</summary>
    public int Segments { get; private set; }

    /// <summary>Integers in the tables of a segment.</summary>
    /// <param name="sourceUnits">The number of source units.</param>
    public static int TableLength(int sourceUnits) => Math.Min(SegmentGroups, Tile.Count(sourceUnits) * 16) * 16 * Tile.Width;

    /// <summary>The memory that sums, tables and lists need, in integers: none for few rows.</summary>
    /// <param name="sourceUnits">The number of source units.</param>
    /// <param name="rows">The most rows of a half step.</param>
    public static long ScratchLength(int sourceUnits, int rows)
    {
        if (rows < FewestRows)
        {
            return 0;
        }

        long block = Math.Min(rows, Rows);
        return (block * Tile.Width) + TableLength(sourceUnits) + (block * CountSegments(sourceUnits)) + (block * ((Stride(sourceUnits) + 1) / 2));
    }

    /// <summary>Whether lookups are the cheapest way for these rows.</summary>
    /// <param name="arguments">The half step, with sums of 32 bits.</param>
    /// <param name="width">Lanes of a vector.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Pay(in HalfStepArguments arguments, int width, int first, int end)
    {
        int rows = end - first;
        if (rows < FewestRows || arguments.Path is HalfStepPath.ActiveUnits or HalfStepPath.FlippedUnits)
        {
            return false;
        }

        if (arguments.Path == HalfStepPath.Lookup)
        {
            return true;
        }

        int words = Tile.Count(arguments.SourceUnits);
        long entries = 0;
        long lists = 0;
        for (int row = first; row < end; row++)
        {
            ulong* states = arguments.Source + ((nint)row * arguments.SourceWords);
            ulong* before = arguments.SumsHold ? arguments.Summed + ((nint)row * arguments.SourceWords) : null;
            int on = 0;
            int flips = 0;
            for (int word = 0; word < words; word++)
            {
                entries += BitOperations.PopCount(Groups(states[word]));
                on += BitOperations.PopCount(states[word]);
                flips += before == null ? 0 : BitOperations.PopCount(states[word] ^ before[word]);
            }

            lists += before == null ? on : Math.Min(on, flips);
        }

        long tables = (long)((rows + Rows - 1) / Rows) * words * 16;
        return (tables * CostOfTable) + (entries * (width == 16 ? CostOfWideEntry : CostOfEntry)) < lists * 8;
    }

    /// <summary>A row's entries in the tables of a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ushort* Entries(int row, int segment, out int count)
    {
        int* ends = _ends + (row * Segments) + segment;
        int first = segment == 0 ? 0 : ends[-1];
        count = ends[0] - first;
        return _entries + ((nint)row * _stride) + first;
    }

    /// <summary>Makes the lists of a block.</summary>
    /// <param name="arguments">The half step.</param>
    /// <param name="first">The first row of the block.</param>
    /// <param name="rows">The rows of the block.</param>
    /// <param name="scratch">Memory for the lists.</param>
    public void Make(in HalfStepArguments arguments, int first, int rows, int* scratch)
    {
        _stride = Stride(arguments.SourceUnits);
        Segments = CountSegments(arguments.SourceUnits);
        _ends = scratch;
        _entries = (ushort*)(_ends + ((nint)rows * Segments));
        int words = Tile.Count(arguments.SourceUnits);
        for (int row = 0; row < rows; row++)
        {
            List(arguments.Source + ((nint)(first + row) * arguments.SourceWords), words, row);
        }
    }

    private static int CountSegments(int sourceUnits) => (Tile.Count(sourceUnits) + SegmentWords - 1) / SegmentWords;

    private static int Stride(int sourceUnits) => (Tile.Count(sourceUnits) * 16) + Slack;

    /// <summary>The lowest bit of each group of four that isn't all off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Groups(ulong bits)
    {
        ulong pairs = bits | (bits >> 1);
        return (pairs | (pairs >> 2)) & 0x1111_1111_1111_1111;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void List(ulong* states, int words, int row)
    {
        ushort* start = _entries + ((nint)row * _stride);
        ushort* next = start;
        int* ends = _ends + (row * Segments);
        for (int word = 0; word < words; word++)
        {
            ulong bits = states[word];
            ulong groups = Groups(bits);
            int table = word % SegmentWords * (16 * 16);
            ushort* end = next + BitOperations.PopCount(groups);
            while (next < end)
            {
                for (int n = 0; n < 4; n++)
                {
                    int bit = BitOperations.TrailingZeroCount(groups);
                    groups &= groups - 1;
                    next[n] = (ushort)(table + (bit * 4) + (int)((bits >> bit) & 15));
                }

                next += 4;
            }

            next = end;
            ends[word / SegmentWords] = (int)(next - start);
        }
    }
}
