using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// For a block of rows, which source units to add and which to subtract: the units that are on, from the bias; or the units that
/// flipped, from the sums of the states before, where that is less work.
/// </summary>
/// <remarks>
/// Units are listed in segments of source units, so that a segment's weights stay in the first-level cache while all rows of the
/// block pass over them; short lists come in one segment, which costs less than to store and load sums between segments.
/// The choice is made from counted bits; sums are exact, so it can't be seen in any result.
/// </remarks>
internal unsafe struct SourceLists
{
    /// <summary>Rows of a block.</summary>
    public const int Rows = 128;

    /// <summary>Words in the shortest segment: its weights, 16 kB a word, fit the first-level cache.</summary>
    private const int ShortestSegment = 2;

    /// <summary>Words in the longest segment but a whole row.</summary>
    private const int LongSegment = 8;

    /// <summary>
    /// Listed units of a row that a segment should have: fewer, and the sums that are stored and loaded between segments cost more than
    /// nearer weights save.
    /// </summary>
    private const int UnitsOfSegment = 50;

    /// <summary>Words in the longest segment: a unit's number in it is 16 bits.</summary>
    private const int LongestSegment = 1024;

    /// <summary>From how many listed units a row, on average, short segments pay.</summary>
    private const int ManyUnits = 60;

    /// <summary>What going on from the sums before costs, in additions of a weight row.</summary>
    private const int CostOfOldSums = 4;

    /// <summary>Entries that <see cref="Extract"/> may write past the last one.</summary>
    private const int Slack = 4;

    private int _stride;
    private int* _ends;
    private int* _goesOn;
    private ushort* _units;

    /// <summary>Segments of each row.</summary>
    public int Segments { get; private set; }

    /// <summary>Words of source units in a segment.</summary>
    public int SegmentWords { get; private set; }

    /// <summary>The memory that lists need, in integers.</summary>
    /// <param name="sourceUnits">The number of source units.</param>
    public static long ScratchLength(int sourceUnits) => Rows * (1L + (2L * Tile.Count(sourceUnits)) + ((Stride(sourceUnits) + 1) / 2));

    /// <summary>Row <paramref name="row"/>'s units in a segment, counted from the segment's first: those to add, then those to subtract.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ushort* Units(int row, int segment, out int adds, out int subtracts)
    {
        int* ends = _ends + (2 * ((row * Segments) + segment));
        int first = segment == 0 ? 0 : ends[-1];
        adds = ends[0] - first;
        subtracts = ends[1] - ends[0];
        return _units + ((nint)row * _stride) + first;
    }

    /// <summary>Whether row <paramref name="row"/> goes on from the sums before.</summary>
    public readonly bool GoesOn(int row) => _goesOn[row] != 0;

    /// <summary>Makes the lists of a block.</summary>
    /// <param name="arguments">The half step.</param>
    /// <param name="first">The first row of the block.</param>
    /// <param name="rows">The rows of the block.</param>
    /// <param name="scratch">Memory of <see cref="ScratchLength"/>.</param>
    public void Make(in HalfStepArguments arguments, int first, int rows, int* scratch)
    {
        int words = Tile.Count(arguments.SourceUnits);
        _stride = Stride(arguments.SourceUnits);
        _goesOn = scratch;
        _ends = _goesOn + Rows;
        _units = (ushort*)(_ends + (2L * Rows * words));

        long total = 0;
        for (int row = 0; row < rows; row++)
        {
            ulong* states = arguments.Source + ((nint)(first + row) * arguments.SourceWords);
            int listed = On(states, words);
            _goesOn[row] = 0;
            if (arguments.SumsHold && arguments.Path != HalfStepPath.ActiveUnits)
            {
                int flips = Flips(states, arguments.Summed + ((nint)(first + row) * arguments.SourceWords), words);
                if (flips + CostOfOldSums < listed || arguments.Path == HalfStepPath.FlippedUnits)
                {
                    _goesOn[row] = 1;
                    listed = flips;
                }
            }

            total += listed;
        }

        SegmentWords = total < (long)ManyUnits * rows
            ? LongestSegment
            : (int)Math.Clamp((long)UnitsOfSegment * words * rows / total, ShortestSegment, LongSegment);
        Segments = (words + SegmentWords - 1) / SegmentWords;
        for (int row = 0; row < rows; row++)
        {
            ulong* states = arguments.Source + ((nint)(first + row) * arguments.SourceWords);
            ulong* summed = GoesOn(row) ? arguments.Summed + ((nint)(first + row) * arguments.SourceWords) : null;
            List(states, summed, words, row);
        }
    }

    private static int Stride(int sourceUnits) => sourceUnits + Slack;

    private static int On(ulong* states, int words)
    {
        int count = 0;
        for (int word = 0; word < words; word++)
        {
            count += BitOperations.PopCount(states[word]);
        }

        return count;
    }

    private static int Flips(ulong* states, ulong* before, int words)
    {
        int count = 0;
        for (int word = 0; word < words; word++)
        {
            count += BitOperations.PopCount(states[word] ^ before[word]);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void List(ulong* states, ulong* summed, int words, int row)
    {
        ushort* start = _units + ((nint)row * _stride);
        ushort* next = start;
        int* ends = _ends + (2 * (row * Segments));
        for (int first = 0; first < words; first += SegmentWords)
        {
            int end = Math.Min(first + SegmentWords, words);
            for (int word = first; word < end; word++)
            {
                ulong before = summed == null ? 0 : summed[word];
                next = Extract(states[word] & ~before, (word - first) * 64, next);
            }

            *ends++ = (int)(next - start);
            for (int word = first; summed != null && word < end; word++)
            {
                next = Extract(summed[word] & ~states[word], (word - first) * 64, next);
            }

            *ends++ = (int)(next - start);
        }
    }

    /// <summary>Writes the numbers of the bits that are set, four at a time: fewer branches that can be mispredicted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort* Extract(ulong bits, int first, ushort* target)
    {
        ushort* end = target + BitOperations.PopCount(bits);
        while (target < end)
        {
            target[0] = (ushort)(first + BitOperations.TrailingZeroCount(bits));
            bits &= bits - 1;
            target[1] = (ushort)(first + BitOperations.TrailingZeroCount(bits));
            bits &= bits - 1;
            target[2] = (ushort)(first + BitOperations.TrailingZeroCount(bits));
            bits &= bits - 1;
            target[3] = (ushort)(first + BitOperations.TrailingZeroCount(bits));
            bits &= bits - 1;
            target += 4;
        }

        return end;
    }
}
