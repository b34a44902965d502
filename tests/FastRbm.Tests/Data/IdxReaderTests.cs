using FastRbm.Data;
using FastRbm.Errors;

namespace FastRbm.Tests.Data;

public sealed class IdxReaderTests
{
    private static readonly byte[] _grey = TestFiles.Idx(8, [2, 2, 3], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_keep_shape_values_and_labels(bool gzip)
    {
        using var files = new TestFiles();
        byte[] labels = TestFiles.Idx(8, [2], 9, 4);
        string path = files.Write(gzip ? TestFiles.Gzip(_grey) : _grey, "images");
        Dataset data = IdxReader.Read(path, files.Write(gzip ? TestFiles.Gzip(labels) : labels, "labels"));
        GreyDataset grey = Assert.IsType<GreyDataset>(data);
        Assert.Equal(path, data.Name);
        Assert.Equal((2, 6), (data.Rows, data.Columns));
        Assert.Equal(new ImageShape(2, 3), data.Shape);
        Assert.Equal([9, 4], data.Labels.ToArray());
        Assert.Equal(1f / 255, grey[0, 1]);
        Assert.Equal(1f, grey[1, 5]);
    }

    [Fact]
    public void Rows_of_rank_two_are_no_images()
    {
        using var files = new TestFiles();
        Dataset data = IdxReader.Read(files.Write(TestFiles.Idx(8, [2, 3], 0, 0, 0, 0, 0, 9)));
        Assert.Equal(new ImageShape(1, 3), data.Shape);
        Assert.True(data.Labels.IsEmpty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void Values_that_are_all_0_and_1_or_0_and_255_are_bits(byte on)
    {
        using var files = new TestFiles();
        BitDataset data = Assert.IsType<BitDataset>(IdxReader.Read(files.Write(TestFiles.Idx(8, [2, 2], 0, on, on, on))));
        Assert.Equal([false, true, true, true], new[] { data[0, 0], data[0, 1], data[1, 0], data[1, 1] });
    }

    [Fact]
    public void Ones_before_the_first_grey_level_are_grey_too()
    {
        using var files = new TestFiles();
        byte[] values = new byte[300 * 3];
        values[1] = 1;
        values[^1] = 2;
        GreyDataset data = Assert.IsType<GreyDataset>(IdxReader.Read(files.Write(TestFiles.Idx(8, [300, 3], values))));
        Assert.Equal(1f / 255, data[0, 1]);
        Assert.Equal(2f / 255, data[299, 2]);
        Assert.Equal(0f, data[298, 2]);
        Assert.Equal(900, data.MemoryBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_at_any_byte_is_refused(bool gzip)
    {
        using var files = new TestFiles();
        byte[] whole = gzip ? TestFiles.Gzip(_grey) : _grey;
        byte[] labels = gzip ? TestFiles.Gzip(TestFiles.Idx(8, [3], 1, 2, 3)) : TestFiles.Idx(8, [3], 1, 2, 3);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = files.Write(whole.AsSpan(0, length));
            Assert.Equal(path, TestFiles.Refused(() => IdxReader.Read(path)).Input);
            TestFiles.Refused(() => DatasetReader.Read(path), path);
        }

        for (int length = 0; length < labels.Length; length++)
        {
            string path = files.Write(labels.AsSpan(0, length));
            TestFiles.Refused(() => IdxReader.ReadLabels(path), path);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_after_the_data_are_refused(bool gzip)
    {
        using var files = new TestFiles();
        byte[] longer = [.. _grey, 0];
        TestFiles.Refused(() => IdxReader.Read(files.Write(gzip ? TestFiles.Gzip(longer) : longer)), gzip ? "byte 28" : "28 bytes");
        byte[] labels = [.. TestFiles.Idx(8, [2], 1, 2), 0];
        TestFiles.Refused(() => IdxReader.ReadLabels(files.Write(gzip ? TestFiles.Gzip(labels) : labels)));
    }

    [Fact]
    public void A_flipped_bit_in_gzip_never_changes_a_value()
    {
        using var files = new TestFiles();
        byte[] packed = TestFiles.Gzip(_grey);
        string fingerprint = IdxReader.Read(files.Write(packed)).Fingerprint();
        int refused = 0;
        for (int bit = 0; bit < 8 * packed.Length; bit++)
        {
            byte[] flipped = [.. packed];
            flipped[bit >> 3] ^= (byte)(1 << (bit & 7));
            string path = files.Write(flipped);
            try
            {
                Assert.Equal(fingerprint, IdxReader.Read(path).Fingerprint());
            }
            catch (InvalidInputException)
            {
                refused++;
            }
        }

        // What may change unnoticed: time, extra flags and system of the header, six bytes without meaning here, the text
        // flag, and padding bits at the end of the compressed data.
        Assert.True(refused >= (8 * (packed.Length - 7)) - 8, $"{refused} of {8 * packed.Length} refused");
    }

    [Fact]
    public void Bytes_after_the_gzip_member_are_refused()
    {
        using var files = new TestFiles();
        byte[] packed = TestFiles.Gzip(_grey);
        for (int more = 1; more < 20; more++)
        {
            TestFiles.Refused(() => IdxReader.Read(files.Write([.. packed, .. new byte[more]])), "gzip member");
        }

        // Also if the last 8 bytes are right.
        for (int more = 0; more < 20; more++)
        {
            TestFiles.Refused(() => IdxReader.Read(files.Write([.. packed, .. new byte[more], .. packed[^8..]])), "nothing after it");
        }

        TestFiles.Refused(() => IdxReader.Read(files.Write([.. packed, .. packed])), "nothing after it");
        TestFiles.Refused(() => IdxReader.Read(files.Write([.. packed, .. new byte[10_000], .. packed[^8..]])), "nothing after it");
    }

    [Fact]
    public void A_gzip_header_with_all_optional_fields_is_read()
    {
        using var files = new TestFiles();
        byte[] packed = TestFiles.Gzip(_grey);
        byte[] header = [0x1F, 0x8B, 8, 0x1F, 1, 2, 3, 4, 0, 3, 2, 0, 77, 78, .. "a\0"u8, .. "comment\0"u8, 5, 6];
        Assert.Equal(2, IdxReader.Read(files.Write([.. header, .. packed[10..]])).Rows);
        TestFiles.Refused(() => IdxReader.Read(files.Write([0x1F, 0x8B, 7, .. packed[3..]])), "method 7");
        TestFiles.Refused(() => IdxReader.Read(files.Write([0x1F, 0x8B, 8, 0x20, .. packed[4..]])), "flags 0x20");
    }

    [Fact]
    public void A_wrong_magic_type_or_rank_is_named()
    {
        using var files = new TestFiles();
        TestFiles.Refused(() => IdxReader.Read(files.Write([1, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0])), "byte 0", "two zero bytes");
        TestFiles.Refused(() => IdxReader.Read(files.Write(TestFiles.Idx(0x0D, [1, 1], 0, 0, 0, 0))), "0x0D", "0x08");
        TestFiles.Refused(() => DatasetReader.Read(files.Write(TestFiles.Idx(0x0D, [1, 1], 0, 0, 0, 0))), "0x0D", "0x08");
        TestFiles.Refused(() => IdxReader.Read(files.Write(TestFiles.Idx(8, [2], 1, 2))), "rank 1", "rows");
        TestFiles.Refused(() => IdxReader.Read(files.Write(TestFiles.Idx(8, [1, 1, 1, 1], 1))), "rank 4");
        TestFiles.Refused(() => IdxReader.ReadLabels(files.Write(_grey)), "rank 3", "labels");
    }

    [Theory]
    [InlineData(0u, 1u, 1u)]
    [InlineData(1u, 0u, 1u)]
    [InlineData(1u, 1u, 0u)]
    [InlineData(0x80000000u, 1u, 1u)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(0x7FFFFFFFu, 0x7FFFFFFFu, 0x7FFFFFFFu)]
    [InlineData(0x10000u, 0x10000u, 1u)]
    [InlineData(0x10000u, 0x1000u, 0x10u)]
    [InlineData(1u, 0x10000u, 0x10000u)]
    [InlineData(2u, 1u, 1u)]
    public void Sizes_that_the_file_does_not_hold_are_refused_before_memory_is_taken(uint rows, uint height, uint width)
    {
        using var files = new TestFiles();
        byte[] bytes = TestFiles.Idx(8, [rows, height, width], 0);
        foreach (byte[] stored in (byte[][])[bytes, TestFiles.Gzip(bytes)])
        {
            string path = files.Write(stored);
            long before = GC.GetAllocatedBytesForCurrentThread();
            TestFiles.Refused(() => IdxReader.Read(path), path);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        }
    }

    [Fact]
    public void A_compressed_file_that_could_hold_its_announced_size_but_does_not_is_refused()
    {
        using var files = new TestFiles();
        byte[] bytes = TestFiles.Idx(8, [5000, 2], 1, 2, 3);
        TestFiles.Refused(() => IdxReader.Read(files.Write(TestFiles.Gzip(bytes))), "row 1 of 5000", "byte 14");
        TestFiles.Refused(() => IdxReader.ReadLabels(files.Write(TestFiles.Gzip(TestFiles.Idx(8, [5000], 1, 2)))), "labels", "byte 8");
    }

    [Fact]
    public void A_small_compressed_file_takes_no_memory_for_what_it_only_announces()
    {
        using var files = new TestFiles();
        byte[] filler = new byte[1_000_000];
        string path = files.Write(TestFiles.Gzip([.. TestFiles.Idx(8, [1, 60_000_000]), .. filler]));
        string padded = files.Write([.. File.ReadAllBytes(path), .. new byte[60_000]], "padded");
        long before = GC.GetAllocatedBytesForCurrentThread();
        TestFiles.Refused(() => IdxReader.Read(padded), padded, "nothing after it");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 6_000_000);
    }

    [Fact]
    public void Labels_for_another_number_of_rows_are_refused()
    {
        using var files = new TestFiles();
        string labels = files.Write(TestFiles.Idx(8, [3], 1, 2, 3), "labels");
        TestFiles.Refused(() => IdxReader.Read(files.Write(_grey), labels), labels, "2 labels", "found 3");
    }

    [Fact]
    public void Files_larger_than_a_buffer_are_read_whole()
    {
        using var files = new TestFiles();
        byte[] values = new byte[1000 * 401];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (byte)((i * 31) ^ (i >> 7));
        }

        byte[] bytes = TestFiles.Idx(8, [1000, 401], values);
        string expected = GreyDataset.FromBytes("x", 1000, 401, values).Fingerprint();
        Assert.Equal(expected, IdxReader.Read(files.Write(bytes)).Fingerprint());
        Assert.Equal(expected, IdxReader.Read(files.Write(TestFiles.Gzip(bytes))).Fingerprint());
        byte[] many = TestFiles.Idx(8, [(uint)values.Length], values);
        Assert.Equal(values, IdxReader.ReadLabels(files.Write(TestFiles.Gzip(many))));
    }
}
