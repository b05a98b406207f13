// Signs on the map are the pictures of the legend and the list: one file each.
const drawn = ['ok', 'two_people', 'contact_owner_first', 'do_not_attend', 'risk', 'visit', 'site', 'too_few'];

/** Draw a sign when the map first asks for it, which it does again after each change of colours. */
export function drawSigns(map) {
  map.setMissingStyleImageResolver(async (id) => {
    if (!drawn.includes(id)) return;
    const picture = new Image(40, 40);
    picture.src = `/static/img/${id}.svg`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 80;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0, 80, 80);
    if (!map.hasImage(id)) map.addImage(id, context.getImageData(0, 0, 80, 80), { pixelRatio: 2 });
  });
}
